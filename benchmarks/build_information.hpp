// What a figure depends on beside what it measures: the first lines that these programs print.
#pragma once

#include "framework/compute/matmul.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include <fmt/format.h>

namespace steppe::benchmarks {

/// The value of the first line that begins with `key` in a file of lines like "key : value".
inline std::string line_of(const char* file, const std::string& key) {
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key))
      if (const auto value = line.find_first_not_of(" \t:", key.size()); value != std::string::npos)
        return line.substr(value);
  return "";
}

inline std::string load_average() {
  double load = 0;
  return ::getloadavg(&load, 1) == 1 ? fmt::format("{:.1f}", load) : "not known";
}

/// `built`: how this program was (STEPPE_BUILT, of CMake).
inline std::string build_information(const char* built) {
  const auto library = compute::matmul_library();
  return fmt::format("{}; oneDNN {}, {}\n{}, {} cores; load average {}\n", built, library.version,
                     library.instruction_set, line_of("/proc/cpuinfo", "model name"),
                     std::thread::hardware_concurrency(), load_average());
}

}  // namespace steppe::benchmarks
