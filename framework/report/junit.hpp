// The outcome of a run for continuous integration: JUnit XML, as Jenkins and GitLab read it.
#pragma once

#include "framework/report/requirement.hpp"

#include <string>
#include <utility>
#include <vector>

namespace steppe::report {

struct GateVerdict {
  std::string that;  ///< as written in the pipeline
  std::string at;    ///< "study.toml:12:1"
  Verdict verdict;
};

struct RunVerdict {
  std::string name;  ///< of the pipeline
  double seconds = 0;
  std::vector<GateVerdict> gates;
  std::vector<std::pair<std::string, std::string>> failures;  ///< node and sentence
  bool stopped = false;
};

/// A test case a gate, a failure where it does not hold; the run itself as one more, an error where
/// it was stopped; an error a node that failed. Where there is an error, results are missing: a
/// gate that does not hold then is skipped.
std::string junit_xml(const RunVerdict& run);

}  // namespace steppe::report
