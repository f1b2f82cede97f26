// A pipeline file, read and checked against the plugins that are there: the start of most commands.
#pragma once

#include "framework/cli/commands.hpp"
#include "framework/cli/json.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/catalogue.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace steppe::cli {

struct CheckedPipeline {
  pipeline::Document document;
  plugin::Catalogue catalogue;
  std::optional<pipeline::Plan> plan;  ///< empty when there was an error
  std::vector<pipeline::Problem> problems;
  std::vector<std::string> notes;  ///< the problems that are none, as texts

  std::size_t errors() const { return problems.size() - notes.size(); }
};

/// The folders where plugins were looked for, a line each.
void print_search_path(std::FILE* to, const plugin::Catalogue& catalogue);

/// Prints nothing.
CheckedPipeline read_pipeline(const PipelineOptions& options);

/// Prints all problems to stderr, in the order of the file.
CheckedPipeline check_pipeline(const PipelineOptions& options);

/// file, line and column (where there are any), severity and sentence of each.
Json problems_json(const std::vector<pipeline::Problem>& problems);

}  // namespace steppe::cli
