// The tables of a study, from its results.json.
#pragma once

#include "framework/report/table.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace steppe::report {

using Json = nlohmann::ordered_json;

/// The axis whose points are told apart in figures and summaries: the one that has gains over
/// "none"; without gains the first axis that is neither `trial` nor `test`; "" when there is none.
std::string leading_axis(const Json& results);

/// The answer in short, a row a point: the first two metrics, the gain in the first over "none"
/// with its p-value, and what the study's metrics say of the point. Empty without rows.
Table answer_table(const Json& results);

/// All tables: points, differences, gains, metrics of the study, sharpness, data, trainings; those
/// without rows are left out. @throws nlohmann::json::exception when `results` is no results.json.
std::vector<Table> results_tables(const Json& results);

/// `object[key]`, or an empty list where it is missing.
const Json& list_of(const Json& object, const char* key);

/// A number, NaN where it is null or missing.
double number_of(const Json& object, const char* key);

/// "train = pythia, attack = none": a point, without the axes in `left_out`.
std::string place_of(const Json& point, const std::vector<std::string>& left_out = {});

}  // namespace steppe::report
