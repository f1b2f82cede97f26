#include "framework/cli/last_words.hpp"

#include "framework/cli/used_stages.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/task_graph.hpp"

#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <unistd.h>

namespace steppe::cli {

namespace {

struct Home {
  std::string kind, name, library;
};

/// Made before the first signal, never changed, never freed.
const std::vector<Home>* homes = nullptr;

// Below here only what a signal handler may call (signal-safety(7)).

void say(const char* text) {
  const auto length = std::strlen(text);
  if (::write(STDERR_FILENO, text, length) < 0) return;  // nobody is left to tell
}

const char* library_of(const plugin::StageHost& stage) {
  for (const auto& home : *homes)
    if (home.kind == stage.kind() && home.name == stage.name()) return home.library.c_str();
  return "its library";
}

void speak(int signal) {
  say("\nSIG");
  say(::sigabbrev_np(signal));
  const auto* stage = plugin::StageHost::at_work();
  if (stage) {
    say(" in ");
    say(stage->kind().c_str());
    say(" '");
    say(stage->name().c_str());
    say("'");
  }
  if (const char* task = run::task_at_work()) {
    say(stage ? ", at work on " : " while at work on ");
    say(task);
  }
  if (stage) {
    say("; try 'steppe verify ");
    say(library_of(*stage));
    say("'");
  }
  say("\n");
  ::raise(signal);  // the handler is gone: what the system does comes next
}

}  // namespace

void leave_last_words(const pipeline::Plan& plan, const plugin::Catalogue& catalogue) {
  auto& known = *new std::vector<Home>;
  for (const auto* stage : used_stages(plan))
    known.push_back({stage->info->kind, stage->name, stage->info->library.string()});
  // Layers have the names of their plugins.
  for (const auto& stage : catalogue.stages())
    known.push_back({stage.kind, stage.name, stage.library.string()});
  homes = &known;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_DFL) continue;  // a sanitizer's
    struct sigaction action {};
    action.sa_handler = speak;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace steppe::cli
