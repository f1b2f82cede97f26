#include "framework/store/owner.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace steppe::store {

namespace {

/// One word, so that a line of them can be read.
std::string word(std::string text) {
  for (char& c : text)
    if (c == ' ' || c == '\n' || c == '\t') c = '_';
  return text.empty() ? "-" : text;
}

std::string first_line(const char* path) {
  std::ifstream in{path};
  std::string out;
  std::getline(in, out);
  return out;
}

std::string process_space() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
}

/// Field 22 of /proc/<pid>/stat; the name in field 2 may hold anything, and ends with the last ')'.
/// 0: there is no such process, or none to look at.
std::uint64_t start_of(std::int64_t process) {
  const auto line = first_line(fmt::format("/proc/{}/stat", process).c_str());
  std::istringstream in{line.substr(std::min(line.size(), line.rfind(')') + 1))};
  std::string skipped;
  for (int field = 3; field < 22; ++field) in >> skipped;
  std::uint64_t out = 0;
  in >> out;
  return out;
}

Owner look() {
  utsname system{};
  ::uname(&system);
  const auto process = static_cast<std::int64_t>(::getpid());
  return {word(system.nodename), word(first_line("/proc/sys/kernel/random/boot_id")),
          word(process_space()), process, start_of(process)};
}

}  // namespace

const Owner& this_process() {
  static Owner out = look();
  if (out.process != static_cast<std::int64_t>(::getpid())) out = look();  // a child of a fork
  return out;
}

std::string to_text(const Owner& owner) {
  return fmt::format("{} {} {} {} {}\n", owner.host, owner.boot, owner.space, owner.process,
                     owner.started);
}

std::optional<Owner> parse_owner(const std::string& text) {
  std::istringstream in{text};
  Owner out;
  if (in >> out.host >> out.boot >> out.space >> out.process >> out.started) return out;
  return std::nullopt;
}

bool surely_gone(const Owner& owner) {
  const auto& here = this_process();
  if (owner.host != here.host || owner.boot != here.boot || owner.space != here.space) return false;
  if (::kill(static_cast<pid_t>(owner.process), 0) != 0) return errno == ESRCH;
  const auto started = start_of(owner.process);
  return started != 0 && owner.started != 0 && started != owner.started;
}

}  // namespace steppe::store
