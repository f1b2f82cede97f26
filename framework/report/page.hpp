// The report of a run: one page that needs nothing but itself, neither network nor scripts. The
// answer comes first, then figures, tables and the record of how it came about.
#pragma once

#include "framework/report/gnuplot.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace steppe::report {

/// `results` and `record` as results.json and run.json have them. All texts in them are escaped.
/// @throws nlohmann::json::exception when they are something else.
std::string page(const nlohmann::ordered_json& results, const nlohmann::ordered_json& record,
                 const Figures& figures);

}  // namespace steppe::report
