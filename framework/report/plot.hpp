// What a figure shows, before it is drawn: series of numbers with bands, made from results.json.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace steppe::report {

/// A line or a set of points with the ends of its band or error bars; NaN where there are none. A y
/// that is NaN breaks the line.
struct Series {
  std::string name;        ///< of the legend; empty: not in it
  std::size_t colour = 0;  ///< 0 is black: the reference
  bool dashed = false;
  std::vector<double> x, y, low, high;  ///< of a dot plot low and high are along x
};

struct Plot {
  std::string id;       ///< letters, digits, '-' and '_': names its files
  std::string title;    ///< where in the study, above the frame
  std::string caption;  ///< below it, on the page
  std::string x_label, y_label;
  bool log_y = false;
  std::vector<Series> series;
  std::string ratio_label = {};  ///< of a second panel below; empty: there is none
  std::vector<Series> ratio = {};
  bool histogram = false;              ///< heights from 0, the frame as wide as the bins
  std::vector<std::string> rows = {};  ///< of a dot plot: names of y = 0, 1, ...; else empty
};

/// Everything results.json has curves or points for: ROC curves with the ratio to "none", metrics
/// by point, walks uphill, and histories of the trainings.
/// @throws nlohmann::json::exception when `results` is no results.json.
std::vector<Plot> plots_of(const nlohmann::ordered_json& results);

}  // namespace steppe::report
