// steppe run: checks a pipeline, runs it, prints the table, leaves results.json and run.json.
#include "framework/cli/build_id.hpp"
#include "framework/cli/checked.hpp"
#include "framework/cli/progress.hpp"
#include "framework/cli/run_record.hpp"
#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"
#include "framework/report/requirement.hpp"
#include "framework/report/results_json.hpp"
#include "framework/report/terminal_table.hpp"
#include "framework/run/study.hpp"
#include "framework/store/store.hpp"

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

/// The store that is asked for. Nobody asked for the default one: where it cannot be used, a run
/// does without.
std::unique_ptr<store::Store> open_store(const KeepingOptions& options, run::Observer& observer) {
  if (options.no_store) return nullptr;
  const auto note = [&](const std::string& sentence) { observer.note(sentence); };
  if (!options.store.empty()) return std::make_unique<store::Store>(options.store, note);
  try {
    return std::make_unique<store::Store>(default_store, note);
  } catch (const store::StoreError& error) {
    note(fmt::format("{}; nothing is kept", error.what()));
    return nullptr;
  }
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
  make_folder(out);

  stop_on_signal();
  RunTimes times{timestamp(), 0};
  const auto begin = std::chrono::steady_clock::now();
  make_folder(out / weights_folder);
  const auto nodes = plan.data.size() + plan.trainings.size() + plan.scores.size() +
                     plan.sharpness.size() + plan.comparisons.size();
  const auto progress = std::make_unique<Progress>(nodes, ::isatty(STDERR_FILENO) == 1);
  const auto store = open_store(options.keeping, *progress);
  const run::StudyOptions study{options.threads, &stop, out / weights_folder, store.get(),
                                build_id()};
  const auto outcome = run::run_study(plan, study, *progress);
  times.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  data::write_whole(out / "results.json", report::results_json(outcome.results));
  data::write_whole(out / "run.json",
                    run_record(options.pipeline, checked, study, outcome, *progress, times));
  if (!outcome.results.rows.empty() || !outcome.results.sharpness.empty())
    fmt::print("\n{}\n", report::terminal_table(report::summarise(outcome.results)));
  fmt::print("results in {}  ({:.1f} s{})\n", out.string(), times.seconds,
             outcome.found == 0
                 ? ""
                 : fmt::format("; {} of {} nodes were found in the store", outcome.found, nodes));
  std::fflush(stdout);

  for (const auto& failure : outcome.failures)
    fmt::print(stderr, "failed: {}: {}\n", failure.node, failure.sentence);
  if (outcome.cancelled) fmt::print(stderr, "stopped before the end\n");
  if (outcome.cancelled || !outcome.failures.empty()) return run_failed;
  return gates_hold(plan, outcome.results) ? success : gate_failed;
}

}  // namespace steppe::cli
