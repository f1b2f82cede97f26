#include "framework/cli/checked.hpp"

#include "framework/cli/say.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace steppe::cli {

void print_search_path(std::FILE* to, const plugin::Catalogue& catalogue) {
  show(to, "searched for plugins:\n");
  for (const auto& folder : catalogue.path())
    show(to, "  {} ({}){}\n", folder.folder.string(), folder.origin,
         folder.exists ? "" : ": not there");
}

CheckedPipeline read_pipeline(const PipelineOptions& options) {
  CheckedPipeline out;
  out.document = pipeline::read_document(options.file, options.sets, out.problems);
  if (!pipeline::has_errors(out.problems)) {
    out.catalogue = plugin::Catalogue::load(
        plugin::search_path(options.plugin_folders, pipeline::plugin_folders(out.document)));
    out.plan = pipeline::make_plan(out.document, out.catalogue, out.problems);
  }
  for (const auto& problem : out.problems)
    if (problem.severity == pipeline::Severity::note)
      out.notes.push_back(pipeline::to_text(problem));
  return out;
}

CheckedPipeline check_pipeline(const PipelineOptions& options) {
  auto out = read_pipeline(options);
  for (const auto& problem : out.problems) say(stderr, pipeline::to_text(problem));
  if (std::any_of(out.problems.begin(), out.problems.end(),
                  [](const auto& problem) { return problem.plugin_not_found; }))
    print_search_path(stderr, out.catalogue);
  if (const auto errors = out.errors(); errors > 0)
    say(stderr, "{} error{} in {}; nothing was run", errors, errors == 1 ? "" : "s",
        options.file.string());
  return out;
}

Json problems_json(const std::vector<pipeline::Problem>& problems) {
  Json out = Json::array();
  for (const auto& problem : problems) {
    Json one = {{"file", problem.position.file ? *problem.position.file : ""}};
    if (problem.position.line > 0) {
      one["line"] = problem.position.line;
      one["column"] = problem.position.column;
    }
    one["severity"] = problem.severity == pipeline::Severity::error ? "error" : "note";
    one["sentence"] = problem.sentence;
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace steppe::cli
