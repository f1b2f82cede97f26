// steppe run: checks a pipeline, runs it, prints the table, leaves results.json, run.json
// and the report.
#include "framework/cli/build_id.hpp"
#include "framework/cli/checked.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/former_run.hpp"
#include "framework/cli/last_words.hpp"
#include "framework/cli/progress.hpp"
#include "framework/cli/run_record.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/stop_signals.hpp"
#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"
#include "framework/report/junit.hpp"
#include "framework/report/report_folder.hpp"
#include "framework/report/requirement.hpp"
#include "framework/report/results_json.hpp"
#include "framework/report/terminal_table.hpp"
#include "framework/run/study.hpp"
#include "framework/store/store.hpp"

#include <chrono>
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace steppe::cli {

namespace {

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

std::vector<report::GateVerdict> judge_gates(const pipeline::Plan& plan,
                                             const pipeline::StudyResults& results) {
  std::vector<report::GateVerdict> out;
  for (const auto& requirement : plan.requirements)
    out.push_back({requirement.that, pipeline::to_text(requirement.position),
                   report::judge(requirement, results)});
  return out;
}

/// Prints the gates that fail and how many hold. @returns whether all do.
bool gates_hold(const std::vector<report::GateVerdict>& gates) {
  std::size_t holding = 0;
  for (const auto& gate : gates) {
    holding += gate.verdict.holds ? 1 : 0;
    if (gate.verdict.holds) continue;
    say(stderr, "{}: gate failed: {}: {}", gate.at, gate.that, gate.verdict.reason);
  }
  if (!gates.empty()) say(stderr, "gates that hold: {} of {}", holding, gates.size());
  return holding == gates.size();
}

void write_junit(const std::filesystem::path& file, const std::string& name,
                 const std::vector<report::GateVerdict>& gates, const run::StudyOutcome& outcome,
                 double seconds) {
  report::RunVerdict verdict{name, seconds, gates, {}, outcome.cancelled};
  for (const auto& failure : outcome.failures)
    verdict.failures.emplace_back(failure.node, failure.sentence);
  data::write_whole(file, report::junit_xml(verdict));
}

/// The results are there: what goes wrong with a page about them is a note. Says where it is.
void leave_report(const std::filesystem::path& out, const std::string& results,
                  const std::string& record) {
  using Json = nlohmann::ordered_json;
  try {
    for (const auto& note : report::write_report(out, Json::parse(results), Json::parse(record)))
      say(stderr, "note: {}", note);
    say(stdout, "report in {}", (out / "report.html").string());
  } catch (const std::exception& error) {
    say(stderr, "note: report.html is missing: {}", error.what());
  }
}

/// All that failed, each with its sentence.
void tell_failures(const run::StudyOutcome& outcome, std::size_t nodes) {
  const auto failed = outcome.failures.size();
  if (failed == 0) return;
  for (const auto& [node, sentence] : outcome.failures)
    say(stderr, "error: {}: {}", node, sentence);
  say(stderr, "{} of {} failed", failed, counted(nodes, "node"));
}

}  // namespace

int run(const RunOptions& options) {
  const auto checked = check_pipeline(options.pipeline);
  if (!checked.plan) return bad_input;
  const auto& plan = *checked.plan;
  const auto out = options.out.empty() ? std::filesystem::path{"runs"} / plan.name : options.out;
  const FormerRun former{out};
  if (const auto note = former.note(); !note.empty()) say(stderr, "note: {}", note);
  // Before anything runs, for hours of training end there.
  make_folder(out);
  former.remove_unfinished();
  data::expect_writable(out / "results.json");
  if (!options.junit.empty()) data::expect_writable(options.junit);

  auto signals = std::make_unique<StopSignals>();
  leave_last_words(plan, checked.catalogue);
  RunTimes times{timestamp(), 0};
  const auto begin = std::chrono::steady_clock::now();
  make_folder(out / weights_folder);
  const auto nodes = plan.data.size() + plan.trainings.size() + plan.scores.size() +
                     plan.sharpness.size() + plan.distributions.size() + plan.comparisons.size();
  const auto progress = std::make_unique<Progress>(nodes, ::isatty(STDERR_FILENO) == 1);
  const auto store = open_store(options.keeping, *progress);
  if (store) store->contents().stop_when([&asked = signals->asked()] { return asked.load(); });
  const run::StudyOptions study{options.threads,
                                &signals->asked(),
                                out / weights_folder,
                                store.get(),
                                computing(checked.catalogue),
                                options.checkpoint_every,
                                options.memory,
                                options.fail_fast};
  const auto outcome = run::run_study(plan, study, *progress);
  times.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  former.remove_weights_except(outcome.weights);
  const auto results = report::results_json(outcome.results);
  data::write_whole(out / "results.json", results);
  const auto gates = judge_gates(plan, outcome.results);
  const auto record =
      run_record(options.pipeline, checked, study, outcome, *progress, times, gates);
  data::write_whole(out / "run.json", record);
  if (!options.junit.empty()) write_junit(options.junit, plan.name, gates, outcome, times.seconds);
  const bool measured = !outcome.results.rows.empty() || !outcome.results.sharpness.empty();
  if (measured)
    show(stdout, "\n{}\n",
         report::terminal_table(report::summarise(outcome.results), width_of(stdout)));
  say(stdout, "{} in {}  ({:.1f} s{})",
      measured ? "results" : "nothing was measured; its record is", out.string(), times.seconds,
      outcome.found == 0
          ? ""
          : fmt::format("; {} of {} nodes were found in the store", outcome.found, nodes));
  signals.reset();  // all is kept by now, and whoever stops a run does not wait for figures
  if (!options.no_report && !outcome.cancelled) leave_report(out, results, record);
  std::fflush(stdout);

  tell_failures(outcome, nodes);
  if (outcome.cancelled)
    say(stderr, "stopped before the end{}",
        options.no_report
            ? ""
            : fmt::format("; 'steppe report {}' shows what was measured", out.string()));
  if (outcome.cancelled || !outcome.failures.empty()) return run_failed;
  return gates_hold(gates) ? success : gate_failed;
}

}  // namespace steppe::cli
