// What the metric score_distribution gives, as figures.
#include "framework/report/histogram_line.hpp"
#include "framework/report/plot_distributions.hpp"
#include "framework/report/trial_curves.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace steppe::report {

namespace {

/// `series` has a point a bin, in its middle; `bins` of them lie from 0 to 1.
std::vector<Step> steps_of(const Series& series, std::size_t bins) {
  std::vector<Step> out;
  const double half = 0.5 / static_cast<double>(bins);
  for (std::size_t i = 0; i < series.x.size(); ++i)
    out.push_back(
        {series.x[i] - half, series.x[i] + half, series.y[i], series.high[i] - series.y[i]});
  return out;
}

/// The mean over trials, with its error and the statistical error of the test events in quadrature:
/// all trials have the same events, so the latter does not fall with their number.
std::vector<Step> mean_scores(const TrialCurves& density, const TrialCurves& error) {
  auto out = steps_of(mean_of(density, false), density.x.size());
  const auto statistical = mean_of(error, false);
  for (std::size_t i = 0; i < std::min(out.size(), statistical.y.size()); ++i)
    out[i].error =
        std::isfinite(out[i].error) ? std::hypot(out[i].error, statistical.y[i]) : statistical.y[i];
  return out;
}

/// Trial by trial over the reference, which has the same events; with the error of the mean.
/// `known`: the reference as it is drawn.
std::vector<Step> score_ratio(const TrialCurves& of, const TrialCurves& reference,
                              const std::vector<Step>& known) {
  auto out = steps_of(mean_of(ratio_of(of, reference), false), of.x.size());
  std::erase_if(out, [&](const Step& step) {
    const auto same = std::find_if(known.begin(), known.end(), [&](const Step& other) {
      return std::abs(other.low - step.low) < 0.5 * (step.high - step.low);
    });
    return !is_shown(step) || same == known.end() || same->error >= 0.5 * same->y;
  });
  return out;
}

/// Figures of all places; a class is added at a time.
class ScorePlots {
 public:
  ScorePlots(const Json& results, const std::string& leading, const ColourOf& colour_of)
      : rows_{list_of(results, "rows")}, leading_{leading}, colour_of_{colour_of} {}

  void add(const std::string& events, bool dashed) {
    auto errors = frames("score_" + events + "_error", "error");
    for (const auto& frame : frames("score_" + events, "density")) {
      auto& plot = plot_at(frame.place);
      auto& error = frame_at(errors, frame.place);
      const auto dressed = [&](const std::vector<Step>& steps, const std::string& coordinate) {
        auto out = line_of(steps);
        if (!dashed) out.name = coordinate;
        out.colour = colour_of_(coordinate);
        out.dashed = dashed;
        return out;
      };
      const auto* none = frame.find("none");
      const auto known = none ? mean_scores(*none, curves_at(error, "none")) : std::vector<Step>{};
      for (const auto& [coordinate, curves] : frame.curves) {
        plot.series.push_back(
            dressed(mean_scores(curves, curves_at(error, coordinate)), coordinate));
        if (none && &curves != none)
          plot.ratio.push_back(dressed(score_ratio(curves, *none, known), coordinate));
      }
    }
  }

  std::vector<Plot> take() {
    for (auto& plot : out_) lift(plot.series);
    return std::move(out_);
  }

 private:
  std::vector<Frame> frames(const std::string& curve, const char* y_name) const {
    return frames_of(rows_, leading_, [&](const Json& entry) {
      const auto& found = list_of(list_of(entry, "curves"), curve.c_str());
      return Drawn{numbers_of(list_of(found, "score")), numbers_of(list_of(found, y_name))};
    });
  }

  Plot& plot_at(const Json& place) {
    const auto title = place_of(place);
    const auto found = std::find_if(out_.begin(), out_.end(),
                                    [&](const Plot& plot) { return plot.title == title; });
    if (found != out_.end()) return *found;
    const auto caption = fmt::format(
        "Scores of signal (solid) and background (dashed), means over trials; the bands hold the "
        "statistical error of the test events and the error of the mean. {}{}{}.",
        which_ratios, title.empty() ? "" : ": ", title);
    return out_.emplace_back(Plot{"scores",
                                  title,
                                  caption,
                                  "score",
                                  "normalised to unit area",
                                  true,
                                  {},
                                  "ratio to none",
                                  {},
                                  true});
  }

  const Json& rows_;
  const std::string& leading_;
  const ColourOf& colour_of_;
  std::vector<Plot> out_;
};

}  // namespace

std::vector<Plot> score_plots(const Json& results, const std::string& leading,
                              const ColourOf& colour_of) {
  ScorePlots plots{results, leading, colour_of};
  plots.add("signal", false);
  plots.add("background", true);
  return plots.take();
}

}  // namespace steppe::report
