// steppe report: the page of a run once more, from what the run left in its folder.
#include "framework/cli/commands.hpp"
#include "framework/cli/kept_drawings.hpp"
#include "framework/cli/open_store.hpp"
#include "framework/cli/run_files.hpp"
#include "framework/cli/say.hpp"
#include "framework/data/dataset.hpp"
#include "framework/report/report_folder.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

/// The default store only where it is there: a look at a run leaves no folder behind.
KeepingOptions where_it_is(KeepingOptions keeping) {
  if (keeping.store.empty() && !std::filesystem::exists(default_store)) keeping.no_store = true;
  return keeping;
}

void tell(const std::string& note) { say(stderr, "note: {}", note); }

}  // namespace

int report(const ReportOptions& options) {
  const auto run = read_run(options.run);
  try {
    const auto store = open_store(where_it_is(options.keeping), tell);
    KeptDrawings drawings{store.get()};
    for (const auto& note : report::write_report(run.folder, run.results, run.record, &drawings))
      tell(note);
  } catch (const Json::exception& error) {
    throw data::DataError{
        fmt::format("the results in '{}' are not complete: {}", run.folder.string(), error.what())};
  }
  show(stdout, "report in {}\n", (run.folder / "report.html").string());
  return success;
}

}  // namespace steppe::cli
