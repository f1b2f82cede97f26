// steppe report: the page of a run once more, from what the run left in its folder.
#include "framework/cli/commands.hpp"
#include "framework/cli/run_files.hpp"
#include "framework/cli/say.hpp"
#include "framework/data/dataset.hpp"
#include "framework/report/report_folder.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace steppe::cli {

int report(const ReportOptions& options) {
  const auto run = read_run(options.run);
  try {
    for (const auto& note : report::write_report(run.folder, run.results, run.record))
      say(stderr, "note: {}", note);
  } catch (const Json::exception& error) {
    throw data::DataError{
        fmt::format("the results in '{}' are not complete: {}", run.folder.string(), error.what())};
  }
  show(stdout, "report in {}\n", (run.folder / "report.html").string());
  return success;
}

}  // namespace steppe::cli
