// steppe check: everything that can be known before the first event is read, and what would run.

#include "framework/cli/checked.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/say.hpp"

#include <fmt/format.h>

namespace steppe::cli {

namespace {

int print_json(const PipelineOptions& options) {
  const auto checked = read_pipeline(options);
  print(Json{{"file", options.file.string()},
             {"fine", checked.plan.has_value()},
             {"errors", checked.errors()},
             {"problems", problems_json(checked.problems)}});
  return checked.plan ? success : bad_input;
}

}  // namespace

int check(const FileOptions& options) {
  if (options.json) return print_json(options.pipeline);
  const auto checked = check_pipeline(options.pipeline);
  if (!checked.plan) return bad_input;
  const auto& plan = *checked.plan;
  show(stdout, "{} is fine: {}, {}, {} of results\n", options.pipeline.file.string(),
       counted(plan.data.size(), "data set"), counted(plan.trainings.size(), "training"),
       counted(plan.rows.size(), "row"));
  for (const auto& node : plan.data)
    say(stdout, "  data '{}': {} of domain '{}'", node.name, counted(node.columns.size(), "column"),
        node.columns.domain);
  if (!plan.trainings.empty()) {
    const auto& graph = plan.trainings.front().graph;
    say(stdout, "  network: {}, {}", counted(graph.input_columns(), "input"),
        counted(graph.parameters(), "parameter"));
  }
  return success;
}

}  // namespace steppe::cli
