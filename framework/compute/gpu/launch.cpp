#include "framework/compute/gpu/launch.hpp"

#include "framework/compute/checks.hpp"

#include <fmt/format.h>

namespace steppe::compute::gpu {

cl_kernel Launcher::kernel_of(const std::string& name) {
  const auto found = kernels_.find(name);
  if (found != kernels_.end()) return found->second.get();
  return kernels_.emplace(name, card_.programs().kernel(name)).first->second.get();
}

void Launcher::submit(cl_kernel kernel, std::string_view name, const Grid& grid) {
  const cl_uint dimensions = grid.group[1] > 1 ? 2 : 1;
  require(clEnqueueNDRangeKernel(queue_, kernel, dimensions, nullptr, grid.items.data(),
                                 grid.group.data(), 0, nullptr, nullptr),
          fmt::format("run '{}'", name));
}

void Launcher::set(cl_kernel kernel, cl_uint& place, const Tensor& tensor) {
  if (tensor) {
    require_own(device_, tensor);
    require_unmapped(storage_of(tensor).mapped());
  }
  set(kernel, place, tensor ? memory_of(tensor) : cl_mem{nullptr});
  set(kernel, place, count(tensor.offset));
  set(kernel, place, count(tensor.stride));
}

void Launcher::set(cl_kernel kernel, cl_uint& place, const Shape& shape) {
  set(kernel, place, count(shape.of.rows));
  set(kernel, place, count(shape.of.columns));
  set(kernel, place, card_.blocks(shape.of.segments));
}

}  // namespace steppe::compute::gpu
