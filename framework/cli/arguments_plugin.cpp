// The commands for authors of plugins.
#include "framework/cli/arguments.hpp"

namespace steppe::cli {

namespace {

void add_new(CLI::App& program, Action& action) {
  const auto options = std::make_shared<NewOptions>();
  auto& command =
      add(program, action, "new", "start a plugin: a small project that builds and runs",
          make_project, options);
  command.add_option("kind", options->kind, "attack, metric, reader, ...")
      ->required()
      ->type_name("KIND");
  command.add_option("name", options->name, "its name in pipelines, such as my_attack")
      ->required()
      ->type_name("NAME");
  command.add_option("--in", options->folder, "where the project's folder is made (default: here)")
      ->type_name("DIR");
  example(command, "steppe new attack tilt");
}

void add_verify(CLI::App& program, Action& action) {
  const auto options = std::make_shared<VerifyOptions>();
  auto& command = add(program, action, "verify", "hold a plugin to the contracts of its stages",
                      verify_plugin, options);
  command.add_option("plugin", options->plugin, "library to look at")
      ->required()
      ->type_name("PLUGIN.so");
  command
      .add_option("--set", options->settings,
                  "a setting of its stages, such as epsilon=0.1; may be given more than once")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--seconds", options->seconds, "time limit of each check (default: 60)")
      ->check(CLI::PositiveNumber)
      ->type_name("S");
  add_json(command, options->json);
  // How the program calls itself, so that a plugin cannot take it down.
  command.add_flag("--in-process", options->in_process)->group("");
  command.add_option("--first", options->first)->group("");
  command.add_option("--hung", options->hung)->allow_extra_args(false)->group("");
  example(command, "steppe verify build/tilt.so");
}

}  // namespace

void add_plugin_commands(CLI::App& program, Action& action) {
  add_new(program, action);
  add_verify(program, action);
}

}  // namespace steppe::cli
