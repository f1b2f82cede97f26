// Histograms as figures: scores of trained networks, and columns of data sets. Ids of the figures
// say their kind alone.
#pragma once

#include "framework/report/plot.hpp"
#include "framework/report/results_tables.hpp"

#include <functional>
#include <string>
#include <vector>

namespace steppe::report {

/// The colour of a coordinate of the leading axis.
using ColourOf = std::function<std::size_t(const std::string&)>;

/// Scores of signal and background at every place of the study, with the ratio to the point "none"
/// of the axis `leading`. @throws nlohmann::json::exception when `results` is no results.json.
std::vector<Plot> score_plots(const Json& results, const std::string& leading,
                              const ColourOf& colour_of);

/// Every column of a [distribution], with the ratio to its first data set.
/// @throws nlohmann::json::exception when `results` is no results.json.
std::vector<Plot> column_plots(const Json& results);

/// The ones, then the others.
std::vector<Plot> distribution_plots(const Json& results, const std::string& leading,
                                     const ColourOf& colour_of);

}  // namespace steppe::report
