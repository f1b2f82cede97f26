#include "framework/report/results_tables.hpp"

#include "framework/report/distribution_table.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <fmt/format.h>

namespace steppe::report {

namespace {

using Names = std::vector<std::string>;

/// The coordinates of a point in the order of `axes`; "all" where it has none.
std::vector<Cell> coordinates(const Json& point, const Names& axes) {
  std::vector<Cell> out;
  for (const auto& axis : axes)
    out.push_back({point.contains(axis) ? point.at(axis).get<std::string>() : "all"});
  return out;
}

/// What is measured: a mean over trials or a value, with its uncertainty, or why there is none.
Cell measured(const Json& quantity, Names& reasons) {
  const bool mean = quantity.contains("mean");
  Cell out{"-", number_of(quantity, mean ? "mean" : "value"),
           number_of(quantity, mean ? "error" : "uncertainty"), number_of(quantity, "p_value")};
  if (!quantity.contains("undefined")) return out;
  out.text = "undefined";
  const auto reason = quantity.at("undefined").get<std::string>();
  if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
  return out;
}

Cell measured(const Json& values, const std::string& name, Names& reasons) {
  return values.contains(name) ? measured(values.at(name), reasons) : Cell{"-"};
}

/// Names of all quantities, in the order of first appearance.
Names quantities_of(const Json& entries) {
  Names out;
  for (const auto& entry : entries)
    for (const auto& [name, quantity] : entry.at("values").items())
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  return out;
}

/// One row an entry: what `texts` says of it, then its values.
Table values_table(const std::string& id, const std::string& caption, const Json& entries,
                   const Names& text_columns,
                   const std::function<std::vector<Cell>(const Json&)>& texts) {
  Table out{id, caption, text_columns, text_columns.size(), {}};
  const auto names = quantities_of(entries);
  out.columns.insert(out.columns.end(), names.begin(), names.end());
  for (const auto& entry : entries) {
    auto& row = out.rows.emplace_back(texts(entry));
    for (const auto& name : names) row.push_back(measured(entry.at("values"), name, out.reasons));
  }
  return out;
}

/// The entries of a list by one of their texts, in the order of first appearance.
std::vector<std::pair<std::string, Json>> grouped(const Json& list, const char* key) {
  std::vector<std::pair<std::string, Json>> out;
  for (const auto& entry : list) {
    const auto name = entry.at(key).get<std::string>();
    auto found =
        std::find_if(out.begin(), out.end(), [&](const auto& one) { return one.first == name; });
    if (found == out.end()) found = out.insert(out.end(), {name, Json::array()});
    found->second.push_back(entry);
  }
  return out;
}

Names axes_of(const Json& results, const Names& left_out) {
  auto out = results.at("axes").get<Names>();
  std::erase_if(out, [&](const auto& axis) {
    return std::find(left_out.begin(), left_out.end(), axis) != left_out.end();
  });
  return out;
}

/// A name for files: what is not a letter, a digit, '-' or '_' becomes '_'.
std::string file_id(std::string text) {
  for (char& c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return text.substr(0, 60);
}

void add_differences(const Json& results, const char* key, const std::string& what,
                     const std::string& caption, std::vector<Table>& out) {
  for (const auto& [axis, entries] : grouped(list_of(results, key), "axis")) {
    const auto axes = axes_of(results, {"trial", axis});
    auto columns = axes;
    columns.push_back(what);
    const auto texts = [&](const Json& entry) {
      auto cells = coordinates(entry.at("point"), axes);
      cells.push_back(
          {entry.at("of").get<std::string>() + " - " + entry.at("minus").get<std::string>()});
      return cells;
    };
    out.push_back(values_table(file_id(what + "s_" + axis),
                               fmt::format("{} on the axis '{}'", caption, axis), entries, columns,
                               texts));
  }
}

/// One table a stage, for they have other quantities.
void add_stages(const Json& list, const char* key, const std::string& caption, const Names& axes,
                std::vector<Table>& out) {
  for (const auto& [name, entries] : grouped(list, key))
    out.push_back(values_table(
        file_id(fmt::format("{}_{}", key, name)), fmt::format("{} '{}'", caption, name), entries,
        axes, [&](const Json& entry) { return coordinates(entry.at("point"), axes); }));
}

Table data_table(const Json& results) {
  Table out{
      "data", "Data sets", {"data", "domain", "events", "signal", "dropped", "imputed"}, 2, {}};
  for (const auto& data : list_of(results, "data")) {
    auto& row = out.rows.emplace_back();
    for (const auto* key : {"name", "domain"}) row.push_back({data.at(key).get<std::string>()});
    for (const auto* key : {"events", "signal", "dropped", "imputed"})
      row.push_back({"-", number_of(data, key)});
  }
  return out;
}

double best_of(const Json& column) {
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const auto& value : column)
    if (value.is_number() && !(value.get<double>() >= best)) best = value.get<double>();
  return best;
}

Table trainings_table(const Json& results) {
  const auto axes = axes_of(results, {"test"});
  Table out{"trainings", "Trainings", axes, axes.size(), {}};
  for (const auto* name : {"parameters", "train_events", "validation_events", "epochs", "last loss",
                           "lowest validation loss"})
    out.columns.push_back(name);
  for (const auto& training : list_of(results, "trainings")) {
    auto& row = out.rows.emplace_back(coordinates(training.at("point"), axes));
    for (const auto* key : {"parameters", "train_events", "validation_events"})
      row.push_back({"-", number_of(training, key)});
    const auto& history = list_of(training, "history");
    const auto& loss = list_of(history, "loss");
    row.push_back({"-", static_cast<double>(loss.size())});
    row.push_back({"-", loss.empty() ? std::nan("") : best_of(Json::array({loss.back()}))});
    row.push_back({"-", best_of(list_of(history, "validation_loss"))});
  }
  return out;
}

/// The entry of `list` that belongs to `point`; null when there is none.
const Json* entry_at(const Json& list, const Json& point) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Json& entry) { return entry.at("point") == point; });
  return found == list.end() ? nullptr : &*found;
}

/// The gain of `point` in `name` on `axis`; "-" for the reference itself.
Cell gain_of(const Json& results, const std::string& axis, Json point, const std::string& name) {
  const auto coordinate = point.at(axis).get<std::string>();
  point.erase(axis);
  Names reasons;
  for (const auto& gain : list_of(results, "gains"))
    if (gain.at("axis") == axis && gain.at("of") == coordinate && gain.at("point") == point)
      return measured(gain.at("values"), name, reasons);
  return {"-"};
}

}  // namespace

const Json& list_of(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

double number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_number() ? std::nan("") : found->get<double>();
}

std::string place_of(const Json& point, const std::vector<std::string>& left_out) {
  Names parts;
  for (const auto& [axis, value] : point.items())
    if (std::find(left_out.begin(), left_out.end(), axis) == left_out.end())
      parts.push_back(fmt::format("{} = {}", axis, value.get<std::string>()));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string leading_axis(const Json& results) {
  const auto& gains = list_of(results, "gains");
  if (!gains.empty()) return gains.front().at("axis").get<std::string>();
  const auto axes = axes_of(results, {"trial", "test"});
  return axes.empty() ? "" : axes.front();
}

Table answer_table(const Json& results) {
  const auto axes = axes_of(results, {"trial"});
  const auto& points = list_of(results, "summary");
  auto names = quantities_of(points);
  names.resize(std::min<std::size_t>(names.size(), 2));
  Table out{"answer", "In short", axes, axes.size(), {}};
  out.columns.insert(out.columns.end(), names.begin(), names.end());
  const auto leading = leading_axis(results);
  const bool gains = !list_of(results, "gains").empty() && !names.empty();
  if (gains) out.columns.push_back("gain in " + names.front() + " over none");
  auto comparisons = grouped(list_of(results, "comparisons"), "metric");
  for (const auto& [metric, entries] : comparisons)
    for (const auto& name : quantities_of(entries)) out.columns.push_back(name);
  for (const auto& point : points) {
    auto& row = out.rows.emplace_back(coordinates(point.at("point"), axes));
    for (const auto& name : names) row.push_back(measured(point.at("values"), name, out.reasons));
    if (gains) row.push_back(gain_of(results, leading, point.at("point"), names.front()));
    for (const auto& [metric, entries] : comparisons) {
      const auto* entry = entry_at(entries, point.at("point"));
      for (const auto& name : quantities_of(entries))
        row.push_back(entry ? measured(entry->at("values"), name, out.reasons) : Cell{"-"});
    }
  }
  return out;
}

std::vector<Table> results_tables(const Json& results) {
  const auto point_axes = axes_of(results, {"trial"});
  std::vector<Table> out{values_table(
      "points", "All points: means over trials", list_of(results, "summary"), point_axes,
      [&](const Json& entry) { return coordinates(entry.at("point"), point_axes); })};
  add_differences(results, "differences", "difference", "The same networks: differences", out);
  add_differences(results, "gains", "gain", "Gains over none", out);
  add_stages(list_of(results, "comparisons"), "metric", "Metric of the study", point_axes, out);
  add_stages(list_of(results, "sharpness_summary"), "measure", "Sharpness",
             axes_of(results, {"trial", "test"}), out);
  out.push_back(distribution_table(results));
  out.push_back(data_table(results));
  out.push_back(trainings_table(results));
  std::erase_if(out, [](const Table& table) { return table.rows.empty(); });
  return out;
}

}  // namespace steppe::report
