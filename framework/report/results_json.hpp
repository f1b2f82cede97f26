// `results.json`: results only, so that two runs can be compared byte by byte. Format
// "steppe-results/1", described in docs/results.md.
#pragma once

#include "framework/pipeline/results.hpp"

#include <string>

namespace steppe::report {

std::string results_json(const pipeline::StudyResults& results);

}  // namespace steppe::report
