// Shell completion, written from the manual: a function for bash, one for zsh, a list for fish.
#include "framework/cli/manual.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

/// A text between single quotes of a shell.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

// --- bash ---

std::string bash_offer(const Argument& argument) {
  switch (offer(argument)) {
    case Offer::files:
      return "compgen -f -- \"$current\"";
    case Offer::pipelines:
      return "compgen -f -X '!*.toml' -- \"$current\"; compgen -d -- \"$current\"";
    case Offer::folders:
      return "compgen -d -- \"$current\"";
    case Offer::stages:
      // "attack.<TAB>" too: the kind says whose names are wanted.
      return "case \"$current\" in *.*) compgen -P \"${current%%.*}.\" -W \"$(steppe list "
             "\"${current%%.*}\" --names 2>/dev/null)\" -- \"${current#*.}\" ;; "
             "*) compgen -W \"$(steppe list --names 2>/dev/null)\" -- \"$current\" ;; esac";
    case Offer::kinds:
      return "compgen -W \"$(steppe list --kinds 2>/dev/null)\" -- \"$current\"";
    case Offer::words:
      return fmt::format("compgen -W '{}' -- \"$current\"", words_of(argument));
    case Offer::nothing:
      break;
  }
  return ":";
}

std::string bash_command(const Command& command) {
  auto out = fmt::format("    {})\n      case \"$previous\" in\n", command.name);
  for (const auto& option : command.options)
    if (!option.value.empty())
      out += fmt::format("        {}) mapfile -t COMPREPLY < <({}); return ;;\n",
                         names_of({option}, "|"), bash_offer(option));
  out += fmt::format("      esac\n      words='{}'\n", names_of(command.options));
  const auto place = command.places.empty() ? ":" : bash_offer(command.places.front());
  return out + fmt::format("      _steppe_offer() {{ {}; }} ;;\n", place);
}

std::string bash(const Manual& manual) {
  std::string names, cases;
  for (const auto& command : manual.commands) {
    names += command.name + " ";
    cases += bash_command(command);
  }
  return fmt::format(
      R"(# bash completion of steppe; load it with: source <(steppe completion bash)
_steppe() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '{}{}' -- "$current")
    return
  fi
  _steppe_offer() {{ :; }}
  case "${{COMP_WORDS[1]}}" in
{}  esac
  if [ "${{current#-}}" != "$current" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(_steppe_offer)
  fi
  unset -f _steppe_offer
}}
complete -o filenames -F _steppe steppe
)",
      names, names_of(manual.options), cases);
}

// --- zsh ---

std::string zsh_offer(const Argument& argument) {
  switch (offer(argument)) {
    case Offer::files:
      return "_files";
    case Offer::pipelines:
      return "_files -g \"*.toml\"";
    case Offer::folders:
      return "_files -/";
    case Offer::stages:
      return "{compadd -- $(steppe list --names 2>/dev/null)}";
    case Offer::kinds:
      return "{compadd -- $(steppe list --kinds 2>/dev/null)}";
    case Offer::words:
      return fmt::format("({})", words_of(argument));
    case Offer::nothing:
      break;
  }
  return " ";
}

/// Inside a specification of _arguments: brackets and colons are part of its grammar.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_command(const Command& command) {
  auto out = fmt::format("    {}) _arguments", command.name);
  for (const auto& option : command.options)
    for (const auto& name : option.names) {
      auto item = fmt::format("{}{}[{}]", option.repeated ? "*" : "", name, zsh_text(option.text));
      if (!option.value.empty())
        item += fmt::format(":{}:{}", zsh_text(option.value), zsh_offer(option));
      out += fmt::format(" \\\n      {}", in_quotes(item));
    }
  for (const auto& place : command.places)
    out += " \\\n      " +
           in_quotes(fmt::format("{}{}:{}", place.required ? ":" : "::", zsh_text(place.value),
                                 zsh_offer(place)));
  return out + " ;;\n";
}

std::string zsh(const Manual& manual) {
  std::string names, cases;
  for (const auto& command : manual.commands) {
    names += fmt::format("    {}\n", in_quotes(command.name + ":" + zsh_text(command.summary)));
    cases += zsh_command(command);
  }
  return fmt::format(
      R"(#compdef steppe
# zsh completion of steppe; put it as _steppe into a folder of $fpath
_steppe() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{}  esac
}}
compdef _steppe steppe
)",
      names, cases);
}

// --- fish ---

std::string fish_offer(const Argument& argument) {
  switch (offer(argument)) {
    case Offer::files:
      return "-F";
    case Offer::pipelines:
      return "-k -a '(__fish_complete_suffix .toml)'";
    case Offer::folders:
      return "-a '(__fish_complete_directories)'";
    case Offer::stages:
      return "-a '(steppe list --names 2>/dev/null)'";
    case Offer::kinds:
      return "-a '(steppe list --kinds 2>/dev/null)'";
    case Offer::words:
      return fmt::format("-a {}", in_quotes(words_of(argument)));
    case Offer::nothing:
      break;
  }
  return "";
}

std::string fish_option(const Argument& option, const std::string& condition) {
  std::string out = "complete -c steppe " + condition;
  for (const auto& name : option.names)
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) out += fmt::format(" -r {}", fish_offer(option));
  return fmt::format("{} -d {}\n", out, in_quotes(option.text));
}

std::string fish(const Manual& manual) {
  std::string out =
      "# fish completion of steppe; load it with: steppe completion fish | source\n"
      "complete -c steppe -f\n";
  for (const auto& option : manual.options) out += fish_option(option, "-n __fish_use_subcommand");
  for (const auto& command : manual.commands) {
    out += fmt::format("complete -c steppe -n __fish_use_subcommand -a {} -d {}\n", command.name,
                       in_quotes(command.summary));
    const auto condition = fmt::format("-n '__fish_seen_subcommand_from {}'", command.name);
    for (const auto& option : command.options) out += fish_option(option, condition);
    for (const auto& place : command.places)
      if (const auto what = fish_offer(place); !what.empty())
        out += fmt::format("complete -c steppe {} {}\n", condition, what);
  }
  return out;
}

}  // namespace

std::string completion_script(const Manual& manual, std::string_view shell) {
  if (shell == "bash") return bash(manual);
  if (shell == "zsh") return zsh(manual);
  if (shell == "fish") return fish(manual);
  throw std::invalid_argument{fmt::format("no completion for the shell '{}'", shell)};
}

}  // namespace steppe::cli
