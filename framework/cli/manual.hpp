// The command line as data: what `--help`, the man page, shell completions and "did you mean" are
// made of. arguments.cpp fills it from the options it declares, so nothing is described twice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace steppe::cli {

/// One option, or what stands at a place of the line.
struct Argument {
  std::vector<std::string> names;  ///< "-h", "--help"; of a place its one name: "file"
  std::string value;               ///< what is given: "FILE.toml", "DIR"; "" of a flag
  std::string text;
  bool required = false;
  bool repeated = false;
};

struct Command {
  std::string name, summary, example;
  std::vector<Argument> options;
  std::vector<Argument> places;  ///< arguments without a name, in their order
};

struct Manual {
  std::string summary;
  std::string notes;  ///< exit codes and the like, below the commands
  std::vector<Argument> options;
  std::vector<Command> commands;
};

/// What a shell offers for a value.
enum class Offer { nothing, files, pipelines, folders, stages, kinds, words };

/// By the word that stands for the value: "FILE.toml", "DIR", "STAGE", "KIND", "bash|zsh|fish".
Offer offer(const Argument& argument);
/// Of `Offer::words`: "bash zsh fish".
std::string words_of(const Argument& argument);
/// All names of options.
std::string names_of(const std::vector<Argument>& options, std::string_view between = " ");

/// The sentence about a word that no command and no option is called. `command`: the one it was
/// given to, "" in front of all.
std::string unexpected_word(const Manual& manual, std::string_view command, std::string_view word);

/// Scripts that complete commands, options, files and stages. `shell`: "bash", "zsh" or "fish".
/// @throws std::invalid_argument of another shell.
std::string completion_script(const Manual& manual, std::string_view shell);

/// steppe(1), for man.
std::string man_page(const Manual& manual, std::string_view version);

}  // namespace steppe::cli
