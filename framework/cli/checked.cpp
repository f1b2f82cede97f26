#include "framework/cli/checked.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace steppe::cli {

void print_search_path(std::FILE* to, const plugin::Catalogue& catalogue) {
  fmt::print(to, "searched for plugins:\n");
  for (const auto& folder : catalogue.path())
    fmt::print(to, "  {} ({}){}\n", folder.folder.string(), folder.origin,
               folder.exists ? "" : ": not there");
}

CheckedPipeline check_pipeline(const PipelineOptions& options) {
  CheckedPipeline out;
  std::vector<pipeline::Problem> problems;
  const auto document = pipeline::read_document(options.file, options.sets, problems);
  const bool readable = std::none_of(problems.begin(), problems.end(), [](const auto& problem) {
    return problem.severity == pipeline::Severity::error;
  });
  if (readable) {
    out.catalogue = plugin::Catalogue::load(
        plugin::search_path(options.plugin_folders, pipeline::plugin_folders(document)));
    out.plan = pipeline::make_plan(document, out.catalogue, problems);
  }
  std::size_t errors = 0;
  for (const auto& problem : problems) {
    const auto text = pipeline::to_text(problem);
    fmt::print(stderr, "{}\n", text);
    if (problem.severity == pipeline::Severity::error)
      ++errors;
    else
      out.notes.push_back(text);
  }
  if (std::any_of(problems.begin(), problems.end(),
                  [](const auto& problem) { return problem.plugin_not_found; }))
    print_search_path(stderr, out.catalogue);
  if (errors > 0)
    fmt::print(stderr, "{} error{} in {}; nothing was run\n", errors, errors == 1 ? "" : "s",
               options.file.string());
  return out;
}

}  // namespace steppe::cli
