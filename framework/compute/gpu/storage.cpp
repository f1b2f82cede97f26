#include "framework/compute/gpu/storage.hpp"

#include <algorithm>

namespace steppe::compute::gpu {

float* GpuStorage::map(cl_command_queue queue) {
  const std::lock_guard lock{mutex_};
  if (holders_ == 0) {
    cl_int status = CL_SUCCESS;
    host_ = static_cast<float*>(clEnqueueMapBuffer(
        queue, memory_.get(), CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0,
        std::max<std::size_t>(floats(), 1) * sizeof(float), 0, nullptr, nullptr, &status));
    require(status, "show a tensor to the host");
  }
  ++holders_;
  return host_;
}

void GpuStorage::unmap(cl_command_queue queue) {
  const std::lock_guard lock{mutex_};
  if (holders_ == 0) throw DeviceError{"'unmap' of a tensor that is not mapped"};
  if (--holders_ > 0) return;
  require(clEnqueueUnmapMemObject(queue, memory_.get(), host_, 0, nullptr, nullptr),
          "take a tensor back from the host");
  // Another queue may be the next to use it.
  require(clFinish(queue), "finish");
}

}  // namespace steppe::compute::gpu
