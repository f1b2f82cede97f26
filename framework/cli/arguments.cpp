// The command line: which commands there are, their options and help. Those about the program
// itself are in arguments_program.cpp, those about runs that are there in arguments_runs.cpp.
#include "framework/cli/arguments.hpp"

#include "framework/cli/libraries.hpp"
#include "framework/cli/say.hpp"

#include <sstream>

#include <fmt/format.h>

namespace steppe::cli {

void add_plugin_path(CLI::App& command, Folders& folders) {
  command
      .add_option("--plugin-path", folders,
                  "folder with plugins, searched first; may be given more than once")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR")
      ->allow_extra_args(false);
}

void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "print JSON, for programs");
}

void add_pipeline(CLI::App& command, PipelineOptions& options) {
  command.add_option("file", options.file, "pipeline file")->required()->type_name("FILE.toml");
  command
      .add_option("--set", options.sets,
                  "set a value of the file, such as values.epochs=5; may be given more than once")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_plugin_path(command, options.plugin_folders);
}

void add_store_folder(CLI::App& command, std::filesystem::path& folder) {
  command
      .add_option("--store", folder,
                  fmt::format("folder of the store (default: {})", default_store))
      ->type_name("DIR");
}

void add_profile(CLI::App& command, bool& profile) {
  command.add_flag("--profile", profile,
                   "time every stage and every operation of the device, and print where the time "
                   "went; results keep their bytes");
}

void add_keeping(CLI::App& command, KeepingOptions& options) {
  add_store_folder(command, options.store);
  command.add_flag("--no-store", options.no_store,
                   "neither look for what was made before nor keep it");
}

namespace {

constexpr auto notes =
    R"(Exit codes:
  0  done; of 'run': all gates hold
  1  something failed while running, or the run was stopped by Ctrl-C or SIGTERM, whose second one
     ends it at once (130 or 143 to the shell); of 'doctor': something is not right; of 'diff': the
     results are not the same
  2  the command line or the pipeline file is wrong; nothing was run
  3  everything ran, and a [[require]] gate does not hold

Plugins are searched in --plugin-path, STEPPE_PLUGIN_PATH, [pipeline] plugins,
$XDG_DATA_HOME/steppe/plugins and beside this program. Kernels compiled for a GPU are kept in
STEPPE_KERNEL_CACHE, else in $XDG_CACHE_HOME/steppe/kernels. No output has colours; 'run' draws one live
line of progress when stderr is a terminal.)";

/// A number of bytes: 500MB, 4GB, 2GiB.
template <class Size>
void add_size(CLI::App& command, const std::string& name, Size& size, const std::string& text) {
  command.add_option(name, size, text)->transform(CLI::AsSizeValue(true))->type_name("SIZE");
}

void add_run(CLI::App& program, Action& action) {
  const auto options = std::make_shared<RunOptions>();
  auto& command = add(program, action, "run", "check a pipeline and run it", run, options);
  add_pipeline(command, options->pipeline);
  command.add_option("--out", options->out, "folder for the results (default: runs/<name>)")
      ->type_name("DIR");
  command.add_option("--threads", options->threads, "threads to use (default: all cores)")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  add_size(command, "--memory", options->memory,
           "what may be at work at once, by an estimate of the memory each node needs, such as 4GB "
           "(default: no limit)");
  command.add_flag("--fail-fast", options->fail_fast,
                   "the first node that fails stops the others; else all that can run does");
  add_keeping(command, options->keeping);
  command
      .add_option("--checkpoint-every", options->checkpoint_every,
                  "seconds after which a training leaves in the store what it can go on from, at "
                  "the end of an epoch (default: 30; 0: of every epoch)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
  command.add_option("--junit", options->junit, "write the gates and what failed as JUnit XML")
      ->type_name("FILE.xml");
  command.add_flag("--no-report", options->no_report,
                   "leave out page, tables and figures; 'steppe report' makes them later");
  add_profile(command, options->profile);
  command.add_flag("--json", options->json,
                   "print events as they happen, a JSON object a line; words go to stderr");
  example(command, "steppe run pipelines/quickstart.toml --set values.epochs=2 --out runs/try");
}

void add_check(CLI::App& program, Action& action) {
  const auto options = std::make_shared<FileOptions>();
  auto& command = add(program, action, "check",
                      "check a pipeline without reading events or training", check, options);
  add_pipeline(command, options->pipeline);
  add_json(command, options->json);
  example(command, "steppe check study.toml --json");
}

void add_plan(CLI::App& program, Action& action) {
  const auto options = std::make_shared<PlanOptions>();
  auto& command =
      add(program, action, "plan", "show what a study will do, and what of it is in the store",
          show_plan, options);
  add_pipeline(command, options->pipeline);
  add_keeping(command, options->keeping);
  add_json(command, options->json);
  example(command, "steppe plan pipelines/toy_study.toml --set matrix.trial=1");
}

void add_graph(CLI::App& program, Action& action) {
  const auto options = std::make_shared<PipelineOptions>();
  auto& command = add(program, action, "graph", "print the plan of a study as a Graphviz graph",
                      show_graph, options);
  add_pipeline(command, *options);
  example(command, "steppe graph study.toml | dot -Tsvg > study.svg");
}

void add_bench(CLI::App& program, Action& action) {
  const auto options = std::make_shared<BenchOptions>();
  auto& command = add(program, action, "bench",
                      "measure how many events a second the trainings of a pipeline take, and keep "
                      "nothing",
                      bench, options);
  add_pipeline(command, options->pipeline);
  command
      .add_option("--steps", options->steps,
                  "steps of each training to time, after those to get going (default: 1000)")
      ->check(CLI::Range(1, 100'000'000))
      ->type_name("N");
  command
      .add_option("--threads", options->threads,
                  "threads of a training, one of which runs at a time (default: 1)")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  add_profile(command, options->profile);
  add_json(command, options->json);
  example(command, "steppe bench pipelines/quickstart.toml --set matrix.trial=1 --steps 200");
}

void add_trained(CLI::App& command, std::filesystem::path& run, std::string& training) {
  command.add_option("run", run, "folder of a run, or a weight file")->required()->type_name("RUN");
  command
      .add_option("--training", training,
                  "which of its trainings: coordinates, such as train=pythia,attack=none,trial=0")
      ->type_name("AXIS=VALUE,...");
}

void add_apply(CLI::App& program, Action& action) {
  const auto options = std::make_shared<ApplyOptions>();
  auto& command =
      add(program, action, "apply", "score new events with a trained network", apply, options);
  add_trained(command, options->run, options->training);
  command
      .add_option("--data", options->data,
                  "files for the training's own reader, or one data set of its pipeline by name")
      ->required()
      ->type_name("FILE...|NAME");
  command.add_option("--out", options->out, "file of scores: .csv or .h5")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--set", options->sets,
                  "set a value of the pipeline, such as reader.pythia.simulation=herwig")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--device", options->device, "cpu")->type_name("NAME");
  add_plugin_path(command, options->plugin_folders);
  example(command,
          "steppe apply runs/jets --training train=pythia,attack=none,trial=0 --data new/*.h5 "
          "--out scores.csv");
}

void add_export(CLI::App& program, Action& action) {
  const auto options = std::make_shared<ExportOptions>();
  auto& command =
      add(program, action, "export", "write a trained network, preprocessing included, as ONNX",
          export_network, options);
  add_trained(command, options->run, options->training);
  command.add_option("--out", options->out, "file to write")->required()->type_name("FILE.onnx");
  example(command,
          "steppe export runs/jets --training train=pythia,attack=none,trial=0 --out tagger.onnx");
}

void add_store(CLI::App& program, Action& action) {
  const auto options = std::make_shared<StoreOptions>();
  auto& command = add(program, action, "store",
                      "look at what was computed and kept, check it, clear it away, copy it out",
                      use_store, options);
  command.add_option("action", options->action, "what to do")
      ->required()
      ->check(CLI::IsMember({"list", "verify", "gc", "export"}))
      ->type_name("list|verify|gc|export");
  command.add_option("key", options->key, "of export: an object by the first digits of its key")
      ->type_name("KEY");
  add_store_folder(command, options->store);
  add_size(command, "--size", options->size,
           "of gc: how much to keep; what was used least recently goes first");
  command
      .add_option("--out", options->out,
                  "of export: the file of an object; without a key the folder for all weights")
      ->type_name("PATH");
  add_json(command, options->json);
  example(command, "steppe store gc --size 10GB");
}

void add_list(CLI::App& program, Action& action) {
  const auto options = std::make_shared<ListOptions>();
  auto& command =
      add(program, action, "list", "list all stages, or those of one kind", list, options);
  command.add_option("kind", options->kind, "attack, model, reader, ...")->type_name("KIND");
  command.add_flag("--names", options->names, "print the names of stages alone, a line each");
  command.add_flag("--kinds", options->kinds, "print the names of kinds alone, a line each");
  add_json(command, options->json);
  add_plugin_path(command, options->plugin_folders);
  example(command, "steppe list attack");
}

void add_describe(CLI::App& program, Action& action) {
  const auto options = std::make_shared<DescribeOptions>();
  auto& command =
      add(program, action, "describe", "explain a stage, a kind of stages, or a heading of files",
          describe, options);
  command.add_option("stage", options->stage, "its name, or kind.name, or matrix, evaluate, ...")
      ->required()
      ->type_name("STAGE");
  add_json(command, options->json);
  add_plugin_path(command, options->plugin_folders);
  example(command, "steppe describe attack.pgd");
}

/// What stays behind of words that nobody expected, as a sentence; "" when there are none.
std::string unexpected(const CLI::App& program) {
  for (const auto* command : program.get_subcommands())
    for (const auto& word : command->remaining())
      return unexpected_word(manual_of(program), command->get_name(), word);
  for (const auto& word : program.remaining()) return unexpected_word(manual_of(program), "", word);
  return "";
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App program{
      "Steppe: pipelines that train physics classifiers, attack them, and measure how "
      "flat the ground under them is.",
      "steppe"};
  program.set_version_flag(
      "--version", [] { return version_text(); }, "print the versions of program and libraries");
  program.require_subcommand(1);
  Action action;
  add_run(program, action);
  add_check(program, action);
  add_plan(program, action);
  add_why(program, action);
  add_graph(program, action);
  add_bench(program, action);
  add_list(program, action);
  add_describe(program, action);
  add_apply(program, action);
  add_export(program, action);
  add_run_commands(program, action);
  add_store(program, action);
  add_plugin_commands(program, action);
  add_program_commands(program, action);
  program.footer(notes);
  if (argc == 1) {
    fmt::print("{}", program.help());
    return success;
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return program.exit(help);
  } catch (const CLI::ParseError& error) {
    std::ostringstream told;  // with what was typed in it
    if (const auto sentence = unexpected(program); !sentence.empty())
      told << sentence << '\n';
    else
      program.exit(error, told, told);
    show(stderr, told.str());
    return bad_input;
  }
  return action();
}

}  // namespace steppe::cli
