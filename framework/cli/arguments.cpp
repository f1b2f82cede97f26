// The command line: which commands there are, their options and help.
#include "framework/cli/commands.hpp"

#include <functional>
#include <memory>

#include <CLI/CLI.hpp>

namespace steppe::cli {

namespace {

using Action = std::function<int()>;
using Folders = std::vector<std::filesystem::path>;

void add_plugin_path(CLI::App& command, Folders& folders) {
  command
      .add_option("--plugin-path", folders,
                  "folder with plugins, searched first; may be given more than once")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR")
      ->allow_extra_args(false);
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

/// Makes a command: its options live as long as the program, its work is left in `action`.
template <class Options>
CLI::App& add(CLI::App& program, Action& action, const char* name, const char* help,
              int (*work)(const Options&), const std::shared_ptr<Options>& options) {
  auto* command = program.add_subcommand(name, help);
  command->callback([&action, work, options] { action = [=] { return work(*options); }; });
  return *command;
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
}

void add_check(CLI::App& program, Action& action) {
  const auto options = std::make_shared<PipelineOptions>();
  add_pipeline(add(program, action, "check", "check a pipeline without reading events or training",
                   check, options),
               *options);
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
}

void add_export(CLI::App& program, Action& action) {
  const auto options = std::make_shared<ExportOptions>();
  auto& command =
      add(program, action, "export", "write a trained network, preprocessing included, as ONNX",
          export_network, options);
  add_trained(command, options->run, options->training);
  command.add_option("--out", options->out, "file to write")->required()->type_name("FILE.onnx");
}

void add_list(CLI::App& program, Action& action) {
  const auto options = std::make_shared<ListOptions>();
  auto& command =
      add(program, action, "list", "list all stages, or those of one kind", list, options);
  command.add_option("kind", options->kind, "attack, model, reader, ...")->type_name("KIND");
  add_plugin_path(command, options->plugin_folders);
}

void add_describe(CLI::App& program, Action& action) {
  const auto options = std::make_shared<DescribeOptions>();
  auto& command =
      add(program, action, "describe", "explain a stage and its settings", describe, options);
  command.add_option("stage", options->stage, "its name, or kind.name")
      ->required()
      ->type_name("STAGE");
  add_plugin_path(command, options->plugin_folders);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App program{
      "Steppe: pipelines that train physics classifiers, attack them, and measure how "
      "flat the ground under them is."};
  program.set_version_flag("--version", "steppe " STEPPE_VERSION);
  program.require_subcommand(1);
  Action action;
  add_run(program, action);
  add_check(program, action);
  add_list(program, action);
  add_describe(program, action);
  add_apply(program, action);
  add_export(program, action);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? success : bad_input;
  }
  return action();
}

}  // namespace steppe::cli
