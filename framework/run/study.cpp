// The tasks of a study: data first, then trainings, then what is measured, then what is said of the
// whole.
#include "framework/run/study.hpp"

#include "framework/pipeline/comparison.hpp"
#include "framework/pipeline/node_names.hpp"
#include "framework/run/task_graph.hpp"
#include "framework/run/workshop.hpp"

#include <set>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// One task a node, each behind those it needs.
void add_tasks(TaskGraph& tasks, const pipeline::Plan& plan, Workshop& workshop) {
  const auto names = pipeline::node_names(plan);
  for (std::size_t d = 0; d < plan.data.size(); ++d)
    tasks.add(
        names.data[d], [&workshop, d] { return workshop.load(d); }, {},
        [&workshop, d] { return workshop.memory_of_data(d); });
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    tasks.add(
        names.trainings[t], [&workshop, t] { return workshop.train(t); }, {plan.trainings[t].data},
        [&workshop, t] { return workshop.memory_of_training(t); });
  // A measurement holds on to the data that its network learnt from too.
  const auto needs = [&](const auto& node) {
    return std::set{plan.data.size() + node.training, node.data,
                    plan.trainings[node.training].data};
  };
  for (std::size_t s = 0; s < plan.scores.size(); ++s)
    tasks.add(
        names.scores[s], [&workshop, s] { return workshop.score(s); }, needs(plan.scores[s]),
        [&workshop, s] { return workshop.memory_of_score(s); });
  for (std::size_t s = 0; s < plan.sharpness.size(); ++s)
    tasks.add(
        names.sharpness[s], [&workshop, s] { return workshop.sharpness(s); },
        needs(plan.sharpness[s]), [&workshop, s] { return workshop.memory_of_sharpness(s); });
  for (std::size_t d = 0; d < plan.distributions.size(); ++d)
    tasks.add(
        names.distributions[d], [&workshop, d] { return workshop.distribution(d); },
        {plan.distributions[d].data.begin(), plan.distributions[d].data.end()},
        [&workshop, d] { return workshop.memory_of_distribution(d); });
}

void add_failures(const TaskGraph& tasks, StudyOutcome& out) {
  for (std::size_t i = 0; i < tasks.size(); ++i)
    if (!tasks.failure(i).empty()) out.failures.push_back({tasks.name(i), tasks.failure(i)});
}

/// Metrics of the whole study, on whatever was measured.
void compare(const pipeline::Plan& plan, const StudyOptions& options, Observer& observer,
             Workshop& workshop, StudyOutcome& out) {
  if (out.results.rows.empty()) return;
  const auto names = pipeline::node_names(plan).comparisons;
  TaskGraph tasks{observer, [&] { return workshop.cancelled(); }};
  std::vector<std::vector<pipeline::MeasuredComparison>> found(plan.comparisons.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& metric = plan.comparisons[i];
    const auto work = [&, i] {
      found[i] = pipeline::compare(metric, out.results, workshop.surroundings(""));
      return fmt::format("{} points", out.results.rows.size());
    };
    tasks.add(names[i], work, {});
  }
  tasks.run(options.threads);
  for (auto& list : found)
    for (auto& one : list) out.results.comparisons.push_back(std::move(one));
  add_failures(tasks, out);
}

}  // namespace

StudyOutcome run_study(const pipeline::Plan& plan, const StudyOptions& options,
                       Observer& observer) {
  Workshop workshop{plan, options, observer};
  TaskGraph tasks{observer, [&] { return workshop.cancelled(); }};
  add_tasks(tasks, plan, workshop);
  if (options.fail_fast) tasks.on_failure([&] { workshop.stop(); });
  tasks.run(options.threads, options.memory);
  auto out = workshop.outcome();
  add_failures(tasks, out);
  compare(plan, options, observer, workshop, out);
  out.cancelled = options.cancelled && *options.cancelled;
  return out;
}

}  // namespace steppe::run
