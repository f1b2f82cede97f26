// What the files of the command line share. They alone know CLI11.
#pragma once

#include "framework/cli/commands.hpp"
#include "framework/cli/manual.hpp"

#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

namespace steppe::cli {

using Action = std::function<int()>;
using Folders = std::vector<std::filesystem::path>;

inline constexpr std::string_view example_opening = "Example:\n  ";

/// Makes a command: its options live as long as the program, its work is left in `action`.
template <class Options>
CLI::App& add(CLI::App& program, Action& action, const char* name, const char* help,
              int (*work)(const Options&), const std::shared_ptr<Options>& options) {
  auto* command = program.add_subcommand(name, help);
  command->callback([&action, work, options] { action = [=] { return work(*options); }; });
  return *command;
}

/// Below the help of a command: one line that can be typed.
inline void example(CLI::App& command, const std::string& line) {
  command.footer(std::string{example_opening} + line);
}

void add_plugin_path(CLI::App& command, Folders& folders);
void add_json(CLI::App& command, bool& json);
/// The pipeline file, --set and --plugin-path.
void add_pipeline(CLI::App& command, PipelineOptions& options);
/// --profile
void add_profile(CLI::App& command, bool& profile);
/// --store
void add_store_folder(CLI::App& command, std::filesystem::path& folder);
/// --store, --no-store
void add_keeping(CLI::App& command, KeepingOptions& options);

/// why; watch, report, runs, diff.
void add_why(CLI::App& program, Action& action);
void add_run_commands(CLI::App& program, Action& action);
/// new, verify.
void add_plugin_commands(CLI::App& program, Action& action);
/// schema, docs, doctor, devices, version, completion, man.
void add_program_commands(CLI::App& program, Action& action);

/// All that the program says about itself.
Manual manual_of(const CLI::App& program);

}  // namespace steppe::cli
