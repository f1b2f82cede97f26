// The commands about what was made before: in the store, and in folders of runs.
#include "framework/cli/arguments.hpp"

namespace steppe::cli {

namespace {

void add_watch(CLI::App& program, Action& action) {
  const auto options = std::make_shared<WatchOptions>();
  auto& command =
      add(program, action, "watch", "follow a run from another terminal or host", watch, options);
  command.add_option("run", options->run, "folder of a run")->required()->type_name("RUN");
  command.add_flag("--once", options->once, "print how things are and end");
  command.add_flag("--json", options->json, "print the events of the run as they are");
  example(command, "steppe watch runs/jets");
}

void add_report(CLI::App& program, Action& action) {
  const auto options = std::make_shared<ReportOptions>();
  auto& command = add(program, action, "report",
                      "make the report of a run again: page, tables and figures", report, options);
  command.add_option("run", options->run, "folder of a run")->required()->type_name("RUN");
  add_keeping(command, options->keeping);
  example(command, "steppe report runs/jets");
}

void add_runs(CLI::App& program, Action& action) {
  const auto options = std::make_shared<RunsOptions>();
  auto& command =
      add(program, action, "runs", "list the runs in a folder, the newest first", runs, options);
  command.add_option("folder", options->folder, "where to look for runs (default: runs)")
      ->type_name("DIR");
  add_json(command, options->json);
  example(command, "steppe runs");
}

void add_diff(CLI::App& program, Action& action) {
  const auto options = std::make_shared<DiffOptions>();
  auto& command = add(program, action, "diff",
                      "compare two runs: how they were made, and what came out", diff, options);
  command.add_option("first", options->first, "folder of a run")->required()->type_name("RUN");
  command.add_option("second", options->second, "folder of another run")
      ->required()
      ->type_name("RUN");
  add_json(command, options->json);
  example(command, "steppe diff runs/try runs/jets");
}

}  // namespace

void add_why(CLI::App& program, Action& action) {
  const auto options = std::make_shared<WhyOptions>();
  auto& command =
      add(program, action, "why",
          "say whether a node is in the store, and if not, what is not as it was", why, options);
  add_pipeline(command, options->pipeline);
  command
      .add_option("node", options->node,
                  "its name or a part of it; without one all that are to be done")
      ->type_name("NODE");
  add_store_folder(command, options->store);
  add_json(command, options->json);
  example(command, "steppe why study.toml 'fit (attack=fgsm, trial=0)'");
}

void add_run_commands(CLI::App& program, Action& action) {
  add_watch(program, action);
  add_report(program, action);
  add_runs(program, action);
  add_diff(program, action);
}

}  // namespace steppe::cli
