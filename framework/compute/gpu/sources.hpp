// The kernels' texts (kernels/*.cl), which the build puts into the program.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace steppe::compute::gpu {

struct Source {
  std::string_view name;  ///< of the file, without ".cl"
  std::string_view text;
};
std::span<const Source> kernel_sources();

/// Those in front of every program, in this order; each of the others is a program.
inline constexpr std::array<std::string_view, 3> shared_parts{"common", "wide", "functions"};

}  // namespace steppe::compute::gpu
