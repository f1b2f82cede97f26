// steppe check: everything that can be known before the first event is read, and what would run.

#include "framework/cli/checked.hpp"
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
  show(stdout, "{} is fine: {} data sets, {} trainings, {} rows of results\n",
       options.pipeline.file.string(), plan.data.size(), plan.trainings.size(), plan.rows.size());
  for (const auto& node : plan.data)
    say(stdout, "  data '{}': {} columns of domain '{}'", node.name, node.columns.size(),
        node.columns.domain);
  if (!plan.trainings.empty()) {
    const auto& graph = plan.trainings.front().graph;
    show(stdout, "  network: {} inputs, {} parameters\n", graph.input_columns(),
         graph.parameters());
  }
  return success;
}

}  // namespace steppe::cli
