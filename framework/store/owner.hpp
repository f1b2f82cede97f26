// Which process something belongs to, and whether that one is surely gone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace steppe::store {

struct Owner {
  std::string host, boot;     ///< `boot`: of the host's kernel; both are the same in its containers
  std::string space;          ///< of process numbers: containers have their own
  std::int64_t process = 0;   ///< its number
  std::uint64_t started = 0;  ///< in ticks since the boot: numbers are given again

  bool operator==(const Owner&) const = default;
};

/// This process.
const Owner& this_process();

/// A line of words.
std::string to_text(const Owner& owner);
std::optional<Owner> parse_owner(const std::string& text);

/// False where it cannot be known: on other hosts, before a boot, in other containers.
bool surely_gone(const Owner& owner);

}  // namespace steppe::store
