// `run.json`: the record of a run: times, host, versions, files; everything that results.json
// leaves out so that it can be compared byte by byte.
#pragma once

#include "framework/cli/checked.hpp"
#include "framework/cli/profiling.hpp"
#include "framework/cli/progress.hpp"
#include "framework/report/junit.hpp"
#include "framework/run/study.hpp"

#include <istream>
#include <string>
#include <vector>

namespace steppe::cli {

/// Inside the folder of a run: what trainings leave.
inline constexpr auto weights_folder = "weights";

struct RunTimes {
  std::string started;  ///< ISO 8601, UTC
  double seconds = 0;
};

/// `sources`: of run_sources.hpp. `profiling`: the run's, finished.
std::string run_record(const PipelineOptions& options, const CheckedPipeline& checked,
                       const Json& sources, const run::StudyOptions& study,
                       const run::StudyOutcome& outcome, const Progress& progress,
                       const RunTimes& times, const std::vector<report::GateVerdict>& gates,
                       const Profiling& profiling);

/// The name of the processor in a text like /proc/cpuinfo; "" where it has none.
std::string processor_name(std::istream& cpuinfo);

/// Now, as ISO 8601 in UTC.
std::string timestamp();

}  // namespace steppe::cli
