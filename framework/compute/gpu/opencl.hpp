// OpenCL's C interface with owners and exceptions.
#pragma once

#include "framework/compute/device.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

namespace steppe::compute::gpu {

/// What one has made, one releases. OpenCL keeps things until what was submitted with them is done.
struct Release {
  void operator()(cl_mem memory) const { clReleaseMemObject(memory); }
  void operator()(cl_program program) const { clReleaseProgram(program); }
  void operator()(cl_kernel kernel) const { clReleaseKernel(kernel); }
  void operator()(cl_command_queue queue) const { clReleaseCommandQueue(queue); }
  void operator()(cl_event event) const { clReleaseEvent(event); }
};
template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Release>;

/// Another owner of the same event.
inline Owned<cl_event> shared(const Owned<cl_event>& event) {
  clRetainEvent(event.get());
  return Owned<cl_event>{event.get()};
}

/// "out of resources (-5)"
std::string status_text(cl_int status);

/// @throws DeviceError "'gpu' cannot <task>: <why>" unless all went well.
void require(cl_int status, std::string_view task);

/// A text of a platform, or of a device.
std::string text_of(cl_platform_id platform, cl_platform_info what);
std::string text_of(cl_device_id device, cl_device_info what);

/// A number or a set of flags of a device; 0 where it is not told.
template <class Value>
Value fact_of(cl_device_id device, cl_device_info what) {
  Value value{};
  if (clGetDeviceInfo(device, what, sizeof value, &value, nullptr) != CL_SUCCESS) return Value{};
  return value;
}

}  // namespace steppe::compute::gpu
