// steppe diff: what two runs do not have in common.
#include "framework/cli/commands.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/run_files.hpp"
#include "framework/cli/say.hpp"
#include "framework/data/dataset.hpp"
#include "framework/report/aligned.hpp"
#include "framework/report/record_difference.hpp"
#include "framework/report/results_difference.hpp"
#include "framework/report/results_tables.hpp"
#include "framework/report/terminal_table.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using report::RecordPart;
using report::ResultsDifference;
using report::TrialMean;
using report::ValueDifference;

struct Difference {
  RunFiles first, second;
  std::vector<RecordPart> parts;
  ResultsDifference results;
  bool same_bytes = false;

  bool same() const { return same_bytes || results.same(); }
};

Difference compare(const DiffOptions& options) {
  Difference out{read_run(options.first), read_run(options.second), {}, {}, false};
  out.same_bytes = out.first.results_text == out.second.results_text;
  try {
    out.parts = report::record_difference(out.first.record, out.second.record);
    out.results = report::results_difference(out.first.results, out.second.results);
  } catch (const Json::exception& error) {
    throw data::DataError{fmt::format("one of the runs is not complete: {}", error.what())};
  }
  return out;
}

std::string value_text(const TrialMean& mean) {
  if (mean.trials == 0) return mean.undefined > 0 ? "undefined" : "-";
  return report::with_error(mean.mean, mean.error);
}

std::string significance(const ValueDifference& value) {
  if (!std::isfinite(value.sigmas)) return "-";
  return fmt::format("{:.1f} sigma{}", value.sigmas,
                     value.sigmas > report::marked_sigmas ? " *" : "");
}

/// A record's values may be long: texts of files, lists.
std::string in_short(const std::optional<std::string>& value) {
  constexpr std::size_t most = 60;
  return value ? value->substr(0, most) + (value->size() > most ? "..." : "") : "-";
}

void print_parts(const std::vector<RecordPart>& parts) {
  for (const auto& part : parts) {
    if (!part.told) show(stdout, "{}: not told by both runs\n\n", part.name);
    if (part.changes.empty()) continue;
    report::Layout table{{{part.name, "first", "second"}}, 3};
    table.longest_text = 80;
    for (const auto& change : part.changes)
      table.lines.push_back({change.what, in_short(change.first), in_short(change.second)});
    show(stdout, "{}\n", report::aligned(std::move(table), 0));
  }
}

void print_values(const std::vector<ValueDifference>& values) {
  if (values.empty()) return;
  report::Layout table{{{"results", "value", "first", "second", "second - first", ""}}, 2, 4};
  table.longest_text = 80;
  bool paired = false, marked = false;
  for (const auto& value : values) {
    auto place = report::place_of(value.point);
    if (!value.stage.empty()) place = value.stage + (place.empty() ? "" : ": " + place);
    table.lines.push_back({place.empty() ? "all" : place, value.name, value_text(value.first),
                           value_text(value.second), value_text(value.difference),
                           significance(value)});
    paired = paired || value.paired;
    marked = marked || value.sigmas > report::marked_sigmas;
  }
  show(stdout, "{}", report::aligned(std::move(table), width_of(stdout)));
  if (paired) show(stdout, "differences over trials are paired trial by trial\n");
  if (marked) show(stdout, "* more than {} sigma from zero\n", report::marked_sigmas);
  show(stdout, "\n");
}

void print_text(const Difference& it) {
  for (const auto& [name, run] : {std::pair{"first", &it.first}, {"second", &it.second}})
    show(stdout, "{:<7} {}  {}\n", name, run->folder.string(), run->record.value("started", ""));
  show(stdout, "\n");
  print_parts(it.parts);
  print_values(it.results.values);
  for (const auto& point : it.results.only_first) say(stdout, "only in the first: {}", point);
  for (const auto& point : it.results.only_second) say(stdout, "only in the second: {}", point);
  for (const auto& other : it.results.others) say(stdout, "not the same: {}", other);
  if (it.same_bytes)
    show(stdout, "results are the same bytes\n");
  else if (it.same())
    show(stdout, "results are the same\n");
  else
    show(stdout, "{} not the same, {} the same\n", counted(it.results.values.size(), "value"),
         it.results.same_values);
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json mean_json(const TrialMean& mean) {
  if (mean.trials == 0) return nullptr;
  return {{"value", number(mean.mean)}, {"error", number(mean.error)}, {"trials", mean.trials}};
}

Json parts_json(const std::vector<RecordPart>& parts) {
  Json out = Json::array();
  const auto text = [](const auto& held) { return held ? Json(*held) : Json(nullptr); };
  for (const auto& part : parts) {
    Json changes = Json::array();
    for (const auto& change : part.changes)
      changes.push_back(
          {{"what", change.what}, {"first", text(change.first)}, {"second", text(change.second)}});
    out.push_back({{"part", part.name}, {"told", part.told}, {"changes", std::move(changes)}});
  }
  return out;
}

Json values_json(const std::vector<ValueDifference>& values) {
  Json out = Json::array();
  for (const auto& value : values)
    out.push_back({{"stage", value.stage},
                   {"point", value.point},
                   {"name", value.name},
                   {"first", mean_json(value.first)},
                   {"second", mean_json(value.second)},
                   {"difference", mean_json(value.difference)},
                   {"paired", value.paired},
                   {"p_value", number(value.p_value)},
                   {"sigmas", number(value.sigmas)}});
  return out;
}

Json to_json(const Difference& it) {
  return {{"first", it.first.folder.string()},
          {"second", it.second.folder.string()},
          {"same", it.same()},
          {"same_bytes", it.same_bytes},
          {"record", parts_json(it.parts)},
          {"same_values", it.results.same_values},
          {"values", values_json(it.results.values)},
          {"only_first", it.results.only_first},
          {"only_second", it.results.only_second},
          {"others", it.results.others}};
}

}  // namespace

int diff(const DiffOptions& options) {
  try {
    const auto found = compare(options);
    if (options.json)
      print(to_json(found));
    else
      print_text(found);
    return found.same() ? success : run_failed;
  } catch (const std::exception& error) {
    say(stderr, "error: {}", error.what());
    return bad_input;  // 1 would say that they were compared
  }
}

}  // namespace steppe::cli
