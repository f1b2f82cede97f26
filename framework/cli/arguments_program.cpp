// The commands about the program itself: what is there, for people, editors and shells.
#include "framework/cli/arguments.hpp"
#include "framework/cli/say.hpp"

#include <fmt/format.h>

namespace steppe::cli {

namespace {

void add_schema(CLI::App& program, Action& action) {
  const auto options = std::make_shared<SchemaOptions>();
  auto& command = add(program, action, "schema",
                      "print the JSON Schema of pipeline files, for editors", schema, options);
  command.add_option("--out", options->out, "file to write (default: stdout)")->type_name("FILE");
  add_plugin_path(command, options->plugin_folders);
  example(command, "steppe schema --out steppe-pipeline.schema.json");
}

void add_docs(CLI::App& program, Action& action) {
  const auto options = std::make_shared<DocsOptions>();
  auto& command = add(program, action, "docs", "write a page on every kind of stage, as Markdown",
                      docs, options);
  command.add_option("--out", options->out, "folder to write into")->required()->type_name("DIR");
  command
      .add_option("--keys", options->keys,
                  "page in which the part on headings and keys of files is written again")
      ->check(CLI::ExistingFile)
      ->type_name("PAGE.md");
  add_plugin_path(command, options->plugin_folders);
  example(command, "steppe docs --out docs/stages --keys docs/pipeline.md");
}

void add_doctor(CLI::App& program, Action& action) {
  const auto options = std::make_shared<DoctorOptions>();
  auto& command =
      add(program, action, "doctor",
          "look whether everything is there and works, and say what to install", doctor, options);
  add_json(command, options->json);
  add_plugin_path(command, options->plugin_folders);
  example(command, "steppe doctor");
}

void add_devices(CLI::App& program, Action& action) {
  const auto options = std::make_shared<DevicesOptions>();
  auto& command =
      add(program, action, "devices", "list the devices and what works on each", devices, options);
  add_json(command, options->json);
  example(command, "steppe devices");
}

void add_version(CLI::App& program, Action& action) {
  const auto options = std::make_shared<VersionOptions>();
  auto& command =
      add(program, action, "version",
          "print the versions of program, plugin interface and libraries", version, options);
  add_json(command, options->json);
  example(command, "steppe version --json");
}

void add_completion(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("completion", "print a script that completes commands");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "the shell that will read it")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("bash|zsh|fish");
  command->callback([&program, &action, shell] {
    action = [&program, shell] {
      show(stdout, completion_script(manual_of(program), *shell));
      return success;
    };
  });
  example(*command, "source <(steppe completion bash)");
}

void add_man(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("man", "print the manual page");
  command->callback([&program, &action] {
    action = [&program] {
      show(stdout, man_page(manual_of(program), STEPPE_VERSION));
      return success;
    };
  });
  example(*command, "steppe man | man -l -");
}

Argument argument_of(const CLI::Option& option) {
  Argument out;
  const bool named = option.nonpositional();
  for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
  if (!named) out.names.push_back(option.get_name(true));
  // Behind a colon CLI11 says what its validators want.
  if (option.get_items_expected_max() > 0)
    out.value = option.get_type_name().substr(0, option.get_type_name().find(':'));
  out.text = option.get_description();
  out.required = option.get_required();
  out.repeated = option.get_items_expected_max() > 1;
  return out;
}

Command command_of(const CLI::App& command) {
  Command out{command.get_name(), command.get_description(), command.get_footer(), {}, {}};
  if (out.example.starts_with(example_opening)) out.example.erase(0, example_opening.size());
  for (const auto* option : command.get_options()) {
    if (option->get_group().empty()) continue;  // what the program says to itself
    (option->nonpositional() ? out.options : out.places).push_back(argument_of(*option));
  }
  return out;
}

}  // namespace

void add_program_commands(CLI::App& program, Action& action) {
  add_schema(program, action);
  add_docs(program, action);
  add_doctor(program, action);
  add_devices(program, action);
  add_version(program, action);
  add_completion(program, action);
  add_man(program, action);
}

Manual manual_of(const CLI::App& program) {
  Manual out{program.get_description(), program.get_footer(), {}, {}};
  for (const auto* option : program.get_options()) out.options.push_back(argument_of(*option));
  for (const auto* command : program.get_subcommands([](const CLI::App*) { return true; }))
    out.commands.push_back(command_of(*command));
  return out;
}

}  // namespace steppe::cli
