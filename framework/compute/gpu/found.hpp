// Which graphics processors there are, and why one cannot be used.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace steppe::compute::gpu {

/// Asks OpenCL's drivers; starts nothing on any device.
struct Found {
  std::vector<std::string> models;  ///< Intel GPUs with their drivers, as oneDNN counts them
  std::string trouble;              ///< why there is none, and what to install
};
Found find_gpus();

/// Why GPU number `index` is not there, or "".
std::string trouble_of(const Found& found, std::size_t index);

}  // namespace steppe::compute::gpu
