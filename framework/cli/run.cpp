// steppe run: checks a pipeline, runs it, prints the table, leaves results.json and run.json.
#include "framework/cli/checked.hpp"
#include "framework/cli/former_run.hpp"
#include "framework/cli/last_words.hpp"
#include "framework/cli/progress.hpp"
#include "framework/cli/run_record.hpp"
#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"
#include "framework/report/requirement.hpp"
#include "framework/report/results_json.hpp"
#include "framework/report/terminal_table.hpp"
#include "framework/run/study.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

namespace steppe::cli {

namespace {

std::atomic<bool> stop{false};

/// The first Ctrl-C asks for a stop in good order, the second one gets the system's own.
void stop_on_signal() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

/// Before anything runs: hours of training end in this folder.
void make_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    throw data::DataError{
        fmt::format("folder '{}' cannot be made: {}", folder.string(), failure.message())};
}

/// Prints the gates that fail. @returns whether all hold.
bool gates_hold(const pipeline::Plan& plan, const pipeline::StudyResults& results) {
  bool all = true;
  for (const auto& requirement : plan.requirements) {
    const auto verdict = report::judge(requirement, results);
    if (verdict.holds) continue;
    fmt::print(stderr, "{}: gate failed: {}: {}\n", pipeline::to_text(requirement.position),
               requirement.that, verdict.reason);
    all = false;
  }
  return all;
}

}  // namespace

int run(const RunOptions& options) {
  const auto checked = check_pipeline(options.pipeline);
  if (!checked.plan) return bad_input;
  const auto& plan = *checked.plan;
  const auto out = options.out.empty() ? std::filesystem::path{"runs"} / plan.name : options.out;
  const FormerRun former{out};
  if (const auto note = former.note(); !note.empty()) fmt::print(stderr, "note: {}\n", note);
  make_folder(out);

  stop_on_signal();
  leave_last_words(plan, checked.catalogue);
  RunTimes times{timestamp(), 0};
  const auto begin = std::chrono::steady_clock::now();
  make_folder(out / weights_folder);
  const run::StudyOptions study{options.threads, &stop, out / weights_folder};
  const auto nodes = plan.data.size() + plan.trainings.size() + plan.scores.size() +
                     plan.sharpness.size() + plan.comparisons.size();
  const auto progress = std::make_unique<Progress>(nodes, ::isatty(STDERR_FILENO) == 1);
  const auto outcome = run::run_study(plan, study, *progress);
  times.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  former.remove_weights_except(outcome.weights);
  data::write_whole(out / "results.json", report::results_json(outcome.results));
  data::write_whole(out / "run.json",
                    run_record(options.pipeline, checked, study, outcome, *progress, times));
  if (!outcome.results.rows.empty() || !outcome.results.sharpness.empty())
    fmt::print("\n{}\n", report::terminal_table(report::summarise(outcome.results)));
  fmt::print("results in {}  ({:.1f} s)\n", out.string(), times.seconds);
  std::fflush(stdout);

  for (const auto& failure : outcome.failures)
    fmt::print(stderr, "failed: {}: {}\n", failure.node, failure.sentence);
  if (outcome.cancelled) fmt::print(stderr, "stopped before the end\n");
  if (outcome.cancelled || !outcome.failures.empty()) return run_failed;
  return gates_hold(plan, outcome.results) ? success : gate_failed;
}

}  // namespace steppe::cli
