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

struct Process {
  std::string state;          ///< "R", "S", ...; "Z" when it has ended and nobody asked how
  std::uint64_t started = 0;  ///< 0: there is no such process, or none to look at
};

/// Fields 3 and 22 of /proc/<pid>/stat; the name in field 2 may hold anything, and ends with the
/// last ')'.
Process process_of(std::int64_t id) {
  const auto line = first_line(fmt::format("/proc/{}/stat", id).c_str());
  std::istringstream in{line.substr(std::min(line.size(), line.rfind(')') + 1))};
  Process out;
  in >> out.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) in >> skipped;
  in >> out.started;
  return out;
}

Owner look() {
  utsname system{};
  ::uname(&system);
  const auto process = static_cast<std::int64_t>(::getpid());
  return {word(system.nodename), word(first_line("/proc/sys/kernel/random/boot_id")),
          word(process_space()), process, process_of(process).started};
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
  const auto process = process_of(owner.process);
  if (process.state == "Z") return true;
  return process.started != 0 && owner.started != 0 && process.started != owner.started;
}

}  // namespace steppe::store
