// The kernels' texts (kernels/*.cl), which the build puts into the program.
#pragma once

#include <span>
#include <string_view>

namespace steppe::compute::gpu {

struct Source {
  std::string_view name;  ///< of the file, without ".cl"
  std::string_view text;
};
std::span<const Source> kernel_sources();

}  // namespace steppe::compute::gpu
