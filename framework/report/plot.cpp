#include "framework/report/plot.hpp"

#include "framework/report/plot_distributions.hpp"
#include "framework/report/results_tables.hpp"
#include "framework/report/trial_curves.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace steppe::report {

namespace {

/// What all plots of one study share.
class Study {
 public:
  explicit Study(const Json& results) : results_{results}, leading_{leading_axis(results)} {
    for (const auto* key : {"rows", "sharpness", "trainings"})
      for (const auto& entry : list_of(results, key)) learn(entry.at("point").value(leading_, ""));
  }

  std::vector<Plot> plots() {
    add_dots();
    add_roc();
    const auto colour = [this](const std::string& coordinate) { return colour_of(coordinate); };
    for (auto& plot : distribution_plots(results_, leading_, colour)) keep(std::move(plot));
    add_ascents();
    add_histories();
    return std::move(out_);
  }

 private:
  /// Colours belong to coordinates of the leading axis, the same in all figures; "none" is black.
  void learn(const std::string& coordinate) {
    if (coordinate != "none" &&
        std::find(coloured_.begin(), coloured_.end(), coordinate) == coloured_.end())
      coloured_.push_back(coordinate);
  }
  std::size_t colour_of(const std::string& coordinate) const {
    if (coordinate == "none") return 0;
    const auto found = std::find(coloured_.begin(), coloured_.end(), coordinate);
    return 1 + static_cast<std::size_t>(found - coloured_.begin());
  }
  Series dressed(Series series, const std::string& coordinate) const {
    series.name = coordinate;
    series.colour = colour_of(coordinate);
    return series;
  }
  Plot frame(const std::string& kind, const Json& place, const std::string& caption) {
    const auto where = place_of(place);
    return {kind, where, where.empty() ? caption + "." : fmt::format("{}: {}.", caption, where),
            "",   "",    false,
            {}};
  }
  void keep(Plot plot) {
    std::erase_if(plot.series, [](const Series& series) { return series.x.empty(); });
    std::erase_if(plot.ratio, [](const Series& series) { return series.x.empty(); });
    if (plot.ratio.empty()) plot.ratio_label.clear();
    if (plot.series.empty()) return;
    plot.id += fmt::format("_{}", ++count_[plot.id]);
    out_.push_back(std::move(plot));
  }

  /// 1/FPR over the signal efficiency, and its ratio to "none", trial by trial.
  void add_roc() {
    const auto frames = frames_of(list_of(results_, "rows"), leading_, [](const Json& entry) {
      const auto& curve = list_of(list_of(entry, "curves"), "roc");
      Drawn out{numbers_of(list_of(curve, "signal_efficiency")),
                numbers_of(list_of(curve, "background_efficiency"))};
      for (double& y : out.y) y = y > 0 ? 1 / y : NAN;
      return out;
    });
    for (const auto& group : frames) {
      auto plot = frame("roc", group.place,
                        "Background rejection over signal efficiency, means over trials with the "
                        "error of the mean");
      plot.x_label = "signal efficiency";
      plot.y_label = "background rejection";
      plot.log_y = true;
      plot.ratio_label = "ratio to none";
      const auto* none = group.find("none");
      for (const auto& [coordinate, curves] : group.curves) {
        plot.series.push_back(dressed(mean_of(curves, true), coordinate));
        if (none && &curves != none)
          plot.ratio.push_back(dressed(mean_of(ratio_of(curves, *none), true), coordinate));
      }
      keep(std::move(plot));
    }
  }

  /// The first two metrics, a row a place: mean and error of every coordinate of the leading axis.
  void add_dots() {
    std::vector<std::string> names;
    const auto& points = list_of(results_, "summary");
    for (const auto& point : points)
      for (const auto& [name, quantity] : point.at("values").items())
        if (names.size() < 2 && std::find(names.begin(), names.end(), name) == names.end())
          names.push_back(name);
    for (const auto& name : names) add_dots(points, name);
  }

  void add_dots(const Json& points, const std::string& name) {
    auto plot = frame("points", Json::object(), fmt::format("{} by point, with its error", name));
    plot.x_label = name;
    auto axes = results_.at("axes").get<std::vector<std::string>>();
    std::erase_if(axes, [&](const auto& axis) { return axis == "trial" || axis == leading_; });
    plot.y_label = fmt::format("{}", fmt::join(axes, ", "));
    std::vector<std::pair<std::string, Series>> found;
    for (const auto& point : points) {
      const auto coordinate = point.at("point").value(leading_, "");
      auto series = std::find_if(found.begin(), found.end(),
                                 [&](const auto& one) { return one.first == coordinate; });
      if (series == found.end())
        series = found.insert(found.end(), {coordinate, dressed({}, coordinate)});
      add_dot(point, name, plot.rows, series->second);
    }
    // Beside each other, not on each other.
    const auto n = static_cast<double>(found.size());
    for (std::size_t s = 0; s < found.size(); ++s) {
      for (double& y : found[s].second.y)
        y += (static_cast<double>(s) - (n - 1) / 2) * std::min(0.16, 0.7 / n);
      plot.series.push_back(std::move(found[s].second));
    }
    keep(std::move(plot));
  }

  void add_dot(const Json& point, const std::string& name, std::vector<std::string>& rows,
               Series& series) const {
    const auto quantity = point.at("values").find(name);
    const double mean = quantity == point.at("values").end() ? NAN : number_of(*quantity, "mean");
    if (!std::isfinite(mean)) return;
    std::string place;
    for (const auto& [axis, value] : point.at("point").items())
      if (axis != leading_) place += (place.empty() ? "" : ", ") + value.get<std::string>();
    auto row = std::find(rows.begin(), rows.end(), place);
    if (row == rows.end()) row = rows.insert(rows.end(), place);
    const double error = number_of(*quantity, "error");
    series.x.push_back(mean);
    series.y.push_back(static_cast<double>(row - rows.begin()));
    series.low.push_back(std::isfinite(error) ? mean - error : mean);
    series.high.push_back(std::isfinite(error) ? mean + error : mean);
  }

  /// Figure 3 of arXiv:2411.09296: how the loss rises along a walk uphill.
  void add_ascents() {
    std::vector<std::string> measures;
    for (const auto& entry : list_of(results_, "sharpness")) {
      const auto measure = entry.at("measure").get<std::string>();
      if (std::find(measures.begin(), measures.end(), measure) == measures.end())
        measures.push_back(measure);
    }
    for (const auto& measure : measures) {
      const auto pick = [&](const Json& entry) {
        const auto& curve = list_of(list_of(entry, "curves"), "ascent");
        if (entry.at("measure") != measure) return Drawn{};
        return Drawn{numbers_of(list_of(curve, "step")), numbers_of(list_of(curve, "rise"))};
      };
      for (const auto& group : frames_of(list_of(results_, "sharpness"), leading_, pick)) {
        auto plot = frame("ascent", group.place,
                          fmt::format("Walk uphill '{}': the rise of the loss by step, means over "
                                      "trials with the error of the mean",
                                      measure));
        plot.title = plot.title.empty() ? measure : measure + ", " + plot.title;
        plot.x_label = "step";
        plot.y_label = "rise of the loss";
        for (const auto& [coordinate, curves] : group.curves)
          plot.series.push_back(dressed(mean_of(curves, false), coordinate));
        keep(std::move(plot));
      }
    }
  }

  void add_histories() {
    const auto of = [&](const char* name) {
      return frames_of(list_of(results_, "trainings"), leading_, [name](const Json& entry) {
        Drawn out{{}, numbers_of(list_of(list_of(entry, "history"), name))};
        for (std::size_t e = 0; e < out.y.size(); ++e) out.x.push_back(static_cast<double>(e + 1));
        return out;
      });
    };
    auto losses = of("loss");
    for (const auto& group : of("validation_loss")) {
      auto plot = frame("history", group.place,
                        "Loss of training (dashed) and validation (solid) by epoch, means over "
                        "trials with the error of the mean");
      plot.x_label = "epoch";
      plot.y_label = "loss";
      for (const auto& [coordinate, curves] : group.curves)
        plot.series.push_back(dressed(mean_of(curves, false), coordinate));
      for (const auto& [coordinate, curves] : frame_at(losses, group.place).curves) {
        auto dashed = dressed(mean_of(curves, false), coordinate);
        dashed.name.clear();
        dashed.dashed = true;
        plot.series.push_back(std::move(dashed));
      }
      keep(std::move(plot));
    }
  }

  const Json& results_;
  std::string leading_;
  std::vector<std::string> coloured_;
  std::map<std::string, std::size_t> count_;  // of each kind
  std::vector<Plot> out_;
};

}  // namespace

std::vector<Plot> plots_of(const Json& results) { return Study{results}.plots(); }

}  // namespace steppe::report
