// steppe report: the page of a run once more, from what the run left in its folder.
#include "framework/cli/commands.hpp"
#include "framework/cli/kept_drawings.hpp"
#include "framework/cli/open_store.hpp"
#include "framework/cli/say.hpp"
#include "framework/data/dataset.hpp"
#include "framework/report/report_folder.hpp"

#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::cli {

namespace {

using Json = nlohmann::ordered_json;

/// A file of a run. `format`: how what it says of itself begins.
Json read(const std::filesystem::path& path, const std::string& format) {
  std::ifstream in{path};
  if (!in)
    throw data::DataError{
        fmt::format("'{}' cannot be opened; give the folder of a run", path.string())};
  Json out;
  try {
    out = Json::parse(in);
  } catch (const Json::exception& error) {
    throw data::DataError{fmt::format("'{}': {}", path.string(), error.what())};
  }
  if (!out.is_object() || out.value("format", Json{}) != format)
    throw data::DataError{fmt::format("'{}' is not of the format '{}'", path.string(), format)};
  return out;
}

/// The default store only where it is there: a look at a run leaves no folder behind.
KeepingOptions where_it_is(KeepingOptions keeping) {
  if (keeping.store.empty() && !std::filesystem::exists(default_store)) keeping.no_store = true;
  return keeping;
}

void tell(const std::string& note) { say(stderr, "note: {}", note); }

}  // namespace

int report(const ReportOptions& options) {
  const auto results = read(options.run / "results.json", "steppe-results/1");
  const auto record = read(options.run / "run.json", "steppe-run/1");
  try {
    const auto store = open_store(where_it_is(options.keeping), tell);
    KeptDrawings drawings{store.get()};
    for (const auto& note : report::write_report(options.run, results, record, &drawings))
      tell(note);
  } catch (const Json::exception& error) {
    throw data::DataError{fmt::format("the results in '{}' are not complete: {}",
                                      options.run.string(), error.what())};
  }
  show(stdout, "report in {}\n", (options.run / "report.html").string());
  return success;
}

}  // namespace steppe::cli
