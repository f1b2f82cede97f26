#include "framework/report/plot_distributions.hpp"

#include "framework/report/histogram_line.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace steppe::report {

namespace {

/// Fractions of all events a bin, outside the edges included.
std::vector<Step> fractions(const Json& histogram, const std::vector<double>& edges) {
  const auto& sums = histogram.at("sums");
  const auto& errors = histogram.at("errors");
  double total =
      number_of(histogram.at("underflow"), "sum") + number_of(histogram.at("overflow"), "sum");
  for (const auto& sum : sums) total += sum.get<double>();
  std::vector<Step> out;
  for (std::size_t b = 0; b < sums.size() && total > 0; ++b)
    out.push_back({edges.at(b), edges.at(b + 1), sums[b].get<double>() / total,
                   errors.at(b).get<double>() / total});
  return out;
}

/// Bin by bin, with the errors of both as independent ones.
std::vector<Step> ratio_of(const std::vector<Step>& of, const std::vector<Step>& to) {
  std::vector<Step> out;
  for (std::size_t b = 0; b < std::min(of.size(), to.size()); ++b) {
    const double ratio = of[b].y / to[b].y;
    const Step step{of[b].low, of[b].high, ratio,
                    std::hypot(of[b].error / to[b].y, ratio * to[b].error / to[b].y)};
    // An empty bin has no error, which does not mean that it is known.
    if (of[b].error > 0 && is_shown(step)) out.push_back(step);
  }
  return out;
}

/// "jet.n_constituents" becomes "jet number of constituents", with the unit in brackets.
std::string label_of(const std::string& column, const std::string& unit) {
  std::string out, word;
  for (std::size_t i = 0; i <= column.size(); ++i) {
    const char c = i < column.size() ? column[i] : ' ';
    if (c != '.' && c != '_' && c != ' ') {
      word += c;
      continue;
    }
    if (word == "n" && !out.empty()) word = "number of";
    if (!out.empty()) out += ' ';
    out += word;
    word.clear();
  }
  return unit.empty() ? out : fmt::format("{} [{}]", out, unit);
}

/// "fraction of events / 4 GeV"
std::string height_of(const std::vector<double>& edges, const std::string& unit) {
  const double width = (edges.back() - edges.front()) / static_cast<double>(edges.size() - 1);
  return fmt::format("fraction of events / {:.3g}{}{}", width, unit.empty() ? "" : " ", unit);
}

/// The different texts of a list, in the order of first appearance.
std::vector<std::string> texts_of(const Json& list, const char* key) {
  std::vector<std::string> out;
  for (const auto& one : list) {
    const auto text = one.at(key).get<std::string>();
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  }
  return out;
}

/// What tells data sets apart: their branch, where no two have the same.
std::vector<std::string> short_names(const std::vector<std::string>& data) {
  std::vector<std::string> out;
  for (const auto& name : data) {
    const auto branch = name.substr(name.rfind('.') + 1);
    if (std::find(out.begin(), out.end(), branch) != out.end()) return data;
    out.push_back(branch);
  }
  return out;
}

std::size_t place_in(const std::vector<std::string>& list, const std::string& text) {
  return static_cast<std::size_t>(std::find(list.begin(), list.end(), text) - list.begin());
}

/// One column of some data sets. Signal and background are in one figure, of more classes every one
/// has its own; those of one data set are together.
class ColumnPlots {
 public:
  explicit ColumnPlots(const Json& entry)
      : entry_{entry},
        edges_{entry.at("edges").get<std::vector<double>>()},
        data_{texts_of(entry.at("histograms"), "data")},
        names_{short_names(data_)},
        classes_{texts_of(entry.at("histograms"), "class")} {}

  std::vector<Plot> make() const {
    std::vector<Plot> out;
    if (classes_.size() <= 2 || data_.size() == 1) return {plot_of(classes_)};
    for (const auto& one : classes_) out.push_back(plot_of({one}));
    return out;
  }

 private:
  Plot plot_of(const std::vector<std::string>& classes) const {
    auto out = frame(classes.size() == 1 ? classes.front() : "");
    std::vector<Step> reference;
    for (const auto& one : entry_.at("histograms")) {
      if (place_in(classes, one.at("class")) == classes.size()) continue;
      const auto steps = fractions(one, edges_);
      const bool is_reference = one.at("data") == data_.front();
      if (is_reference) reference = steps;
      out.series.push_back(dressed(steps, one));
      if (!is_reference) out.ratio.push_back(dressed(ratio_of(steps, reference), one));
    }
    return out;
  }

  Plot frame(const std::string& events) const {
    const auto text = [&](const char* key) { return entry_.at(key).get<std::string>(); };
    const auto split =
        text("split") == "all" ? "all events" : fmt::format("split {}", text("split"));
    auto where = place_of(entry_.at("point"));
    if (!events.empty() && events != "all")
      where = where.empty() ? events : fmt::format("{}, {}", where, events);
    const auto more = where.empty() ? "" : fmt::format(", {}", where);
    return {
        "distribution",
        fmt::format("{}: {}{}", text("distribution"), split, more),
        fmt::format("Distribution of {} in {}{}, each normalised to unit area{}; the bands "
                    "are statistical errors. {}.",
                    text("column"), split, more,
                    classes_.size() == 2 ? "; signal solid, background dashed" : "", which_ratios),
        label_of(text("column"), text("unit")),
        height_of(edges_, text("unit")),
        false,
        {},
        fmt::format("ratio to {}", names_.front()),
        {},
        true};
  }

  Series dressed(const std::vector<Step>& steps, const Json& histogram) const {
    auto out = line_of(steps);
    const auto data = place_in(data_, histogram.at("data"));
    const auto events = histogram.at("class").get<std::string>();
    out.name = classes_.size() == 1 ? names_[data]
               : data_.size() == 1  ? events
                                    : fmt::format("{}, {}", names_[data], events);
    out.colour = data_.size() == 1 && classes_.size() > 2 ? place_in(classes_, events) : data;
    out.dashed = events == "background";
    return out;
  }

  const Json& entry_;
  std::vector<double> edges_;
  std::vector<std::string> data_, names_, classes_;
};

}  // namespace

std::vector<Plot> column_plots(const Json& results) {
  std::vector<Plot> out;
  for (const auto& entry : list_of(results, "distributions"))
    for (auto& plot : ColumnPlots{entry}.make()) out.push_back(std::move(plot));
  return out;
}

std::vector<Plot> distribution_plots(const Json& results, const std::string& leading,
                                     const ColourOf& colour_of) {
  auto out = score_plots(results, leading, colour_of);
  for (auto& plot : column_plots(results)) out.push_back(std::move(plot));
  return out;
}

}  // namespace steppe::report
