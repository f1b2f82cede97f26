// steppe run: checks a pipeline, runs it, prints the table, leaves results.json, run.json, the log
// and the report.
#include "framework/cli/build_id.hpp"
#include "framework/cli/checked.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/event_stream.hpp"
#include "framework/cli/former_run.hpp"
#include "framework/cli/kept_drawings.hpp"
#include "framework/cli/last_words.hpp"
#include "framework/cli/open_store.hpp"
#include "framework/cli/profiling.hpp"
#include "framework/cli/progress.hpp"
#include "framework/cli/run_record.hpp"
#include "framework/cli/run_sources.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/stop_signals.hpp"
#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"
#include "framework/report/junit.hpp"
#include "framework/report/report_folder.hpp"
#include "framework/report/requirement.hpp"
#include "framework/report/results_json.hpp"
#include "framework/report/terminal_table.hpp"
#include "framework/run/observers.hpp"
#include "framework/run/study.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

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

std::vector<report::GateVerdict> judge_gates(const pipeline::Plan& plan,
                                             const pipeline::StudyResults& results) {
  std::vector<report::GateVerdict> out;
  for (const auto& requirement : plan.requirements)
    out.push_back({requirement.that, pipeline::to_text(requirement.position),
                   report::judge(requirement, results)});
  return out;
}

/// Tells each, and prints those that fail and how many hold. @returns whether all do.
bool gates_hold(const std::vector<report::GateVerdict>& gates, EventStream& events) {
  std::size_t holding = 0;
  for (const auto& gate : gates) {
    events.gate(gate);
    holding += gate.verdict.holds ? 1 : 0;
    if (gate.verdict.holds) continue;
    say(stderr, "{}: gate failed: {}: {}", gate.at, gate.that, gate.verdict.reason);
  }
  if (!gates.empty()) say(stderr, "gates that hold: {} of {}", holding, gates.size());
  return holding == gates.size();
}

std::string junit_of(const std::string& name, const std::vector<report::GateVerdict>& gates,
                     const run::StudyOutcome& outcome, double seconds) {
  report::RunVerdict verdict{name, seconds, gates, {}, outcome.cancelled};
  for (const auto& failure : outcome.failures)
    verdict.failures.emplace_back(failure.node, failure.sentence);
  return report::junit_xml(verdict);
}

/// Where a run leaves what, and whom it tells.
struct Leaving {
  std::filesystem::path folder;
  EventStream& events;
  std::FILE* words;  ///< what it says to people beside errors and notes

  void write(const std::filesystem::path& file, const std::string& text) const {
    data::write_whole(file, text);
    events.written(file);
  }
};

/// The results are there: what goes wrong with a page about them is a note. Says where it is.
void leave_report(const Leaving& to, const std::string& results, const std::string& record,
                  store::Store* store) {
  using Json = nlohmann::ordered_json;
  const auto note = [&](const std::string& sentence) {
    say(stderr, "note: {}", sentence);
    to.events.note(sentence);
  };
  try {
    KeptDrawings drawings{store};
    for (const auto& sentence :
         report::write_report(to.folder, Json::parse(results), Json::parse(record), &drawings))
      note(sentence);
    to.events.written(to.folder / "report.html");
    say(to.words, "report in {}", (to.folder / "report.html").string());
  } catch (const std::exception& error) {
    note(fmt::format("report.html is missing: {}", error.what()));
  }
}

/// The table, and where everything is.
void show_results(const Leaving& to, const run::StudyOutcome& outcome, double seconds,
                  std::size_t nodes) {
  const bool measured = !outcome.results.rows.empty() || !outcome.results.sharpness.empty();
  if (measured)
    show(to.words, "\n{}\n",
         report::terminal_table(report::summarise(outcome.results), width_of(to.words)));
  say(to.words, "{} in {}  ({:.1f} s{})",
      measured ? "results" : "nothing was measured; its record is", to.folder.string(), seconds,
      outcome.found == 0
          ? ""
          : fmt::format("; {} of {} nodes were found in the store", outcome.found, nodes));
}

/// All that failed, by name; each was told in full when it happened.
void tell_failures(const run::StudyOutcome& outcome, std::size_t nodes) {
  const auto failed = outcome.failures.size();
  if (failed == 0) return;
  say(stderr, "{} of {} failed:", failed, counted(nodes, "node"));
  for (const auto& failure : outcome.failures) say(stderr, "  {}", failure.node);
}

/// Runs a plan and leaves what it gives. @returns the exit code.
int run_plan(const RunOptions& options, const CheckedPipeline& checked, const std::string& started,
             const FormerRun& former, std::unique_ptr<StopSignals> signals, const Leaving& to) {
  const auto& plan = *checked.plan;
  const auto& out = to.folder;
  RunTimes times{started, 0};
  const auto begin = std::chrono::steady_clock::now();
  make_folder(out / weights_folder);
  const auto nodes = nodes_of(plan).size();
  const auto progress = std::make_unique<Progress>(nodes, ::isatty(STDERR_FILENO) == 1);
  Profiling profiling{options.profile};
  run::Observers observers{{progress.get(), &to.events, &profiling}};
  const auto store =
      open_store(options.keeping, [&](const std::string& sentence) { observers.note(sentence); });
  const auto stopped = [&asked = signals->asked()] { return asked.load(); };
  if (store) store->contents().stop_when(stopped);
  store::Contents unremembered;
  const auto sources =
      run_sources(options.pipeline, checked, store ? store->contents() : unremembered);
  const run::StudyOptions study{options.threads,
                                &signals->asked(),
                                out / weights_folder,
                                store.get(),
                                computing(checked.catalogue),
                                options.checkpoint_every,
                                options.memory,
                                options.fail_fast,
                                profiling.profile()};
  const auto outcome = run::run_study(plan, study, observers);
  times.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  profiling.finish(plan, times.seconds, options.threads);

  former.remove_weights_except(outcome.weights);
  const auto results = report::results_json(outcome.results);
  to.write(out / "results.json", results);
  const auto gates = judge_gates(plan, outcome.results);
  const auto record = run_record(options.pipeline, checked, sources, study, outcome, *progress,
                                 times, gates, profiling);
  to.write(out / "run.json", record);
  if (!options.junit.empty())
    to.write(options.junit, junit_of(plan.name, gates, outcome, times.seconds));
  show_results(to, outcome, times.seconds, nodes);
  if (options.profile) show(to.words, "\n{}\n", profiling.text(width_of(to.words)));
  // All is kept by now, and whoever stops a run does not wait for figures.
  if (store) store->contents().stop_when({});
  signals.reset();
  if (!options.no_report && !outcome.cancelled) leave_report(to, results, record, store.get());
  std::fflush(stdout);

  tell_failures(outcome, nodes);
  if (outcome.cancelled)
    say(stderr, "stopped before the end{}",
        options.no_report
            ? ""
            : fmt::format("; 'steppe report {}' shows what was measured", out.string()));
  if (outcome.cancelled || !outcome.failures.empty()) return run_failed;
  return gates_hold(gates, to.events) ? success : gate_failed;
}

/// The log in the folder, and stdout where that is asked for. A run without a log is a run.
std::vector<LineSink> sinks_of(const RunOptions& options, const std::filesystem::path& folder) {
  std::vector<LineSink> out;
  if (options.json) out.push_back(stdout_sink());
  try {
    out.push_back(log_sink(folder));
  } catch (const data::DataError& error) {
    say(stderr, "note: {}; 'steppe watch' will not see this run", error.what());
  }
  return out;
}

int refuse(const RunOptions& options, const CheckedPipeline& checked) {
  if (!options.json) return bad_input;
  EventStream events{{stdout_sink()}};
  events.refuse(problems_json(checked.problems));
  events.end(bad_input);
  return bad_input;
}

}  // namespace

int run(const RunOptions& options) {
  // Whoever reads along may leave; the run goes on.
  if (options.json) std::signal(SIGPIPE, SIG_IGN);
  const auto checked = check_pipeline(options.pipeline);
  if (!checked.plan) return refuse(options, checked);
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
  EventStream events{sinks_of(options, out)};
  const auto started = timestamp();
  events.begin(plan, out, started);
  for (const auto& note : checked.notes) events.note(note);
  try {
    const int code = run_plan(options, checked, started, former, std::move(signals),
                              {out, events, options.json ? stderr : stdout});
    events.end(code);
    return code;
  } catch (const std::exception& error) {
    events.end(run_failed, error.what());
    throw;
  }
}

}  // namespace steppe::cli
