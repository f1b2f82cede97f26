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

/// @returns whether there was something to wait for.
bool GpuStorage::wait_for_staged() {
  const Owned<cl_event> arrival = std::move(arrival_);
  if (!arrival) return false;
  cl_int state = CL_QUEUED;
  const auto asked = clGetEventInfo(arrival.get(), CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state,
                                    &state, nullptr);
  if (asked == CL_SUCCESS && state <= CL_COMPLETE) return false;
  const cl_event event = arrival.get();
  clWaitForEvents(1, &event);
  return true;
}

float* GpuStorage::stage(std::size_t count, bool& waited) {
  waited = wait_for_staged();
  staged_.resize(count);
  return staged_.data();
}

Owned<cl_event> GpuStorage::send(cl_command_queue queue, const Tensor& to, cl_event after) {
  const std::size_t bytes = to.columns * sizeof(float);
  const std::size_t start[] = {to.offset * sizeof(float), 0, 0}, host[] = {0, 0, 0};
  const std::size_t region[] = {bytes, to.rows, 1};
  cl_event arrival = nullptr;
  require(clEnqueueWriteBufferRect(queue, memory(), CL_FALSE, start, host, region,
                                   to.stride * sizeof(float), 0, bytes, 0, staged_.data(),
                                   after ? 1 : 0, after ? &after : nullptr, &arrival),
          "take rows from the host");
  arrival_.reset(arrival);
  return shared(arrival_);
}

}  // namespace steppe::compute::gpu
