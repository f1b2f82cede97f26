#include "framework/compute/gpu/opencl.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace steppe::compute::gpu {

namespace {

struct Status {
  cl_int number;
  const char* text;
};
/// Those a user may do something about, or report.
constexpr std::array<Status, 12> statuses{{
    {CL_DEVICE_NOT_AVAILABLE, "the device is not available"},
    {CL_MEM_OBJECT_ALLOCATION_FAILURE, "no memory is left on the device"},
    {CL_OUT_OF_RESOURCES, "the device is out of resources"},
    {CL_OUT_OF_HOST_MEMORY, "no memory is left on the host"},
    {CL_BUILD_PROGRAM_FAILURE, "the driver's compiler refuses it"},
    {CL_INVALID_VALUE, "invalid value"},
    {CL_INVALID_BINARY, "the binary is not for this device"},
    {CL_INVALID_BUILD_OPTIONS, "the driver's compiler does not know an option"},
    {CL_INVALID_KERNEL_NAME, "there is no kernel of this name"},
    {CL_INVALID_KERNEL_ARGS, "an argument is missing"},
    {CL_INVALID_ARG_SIZE, "an argument has another size"},
    {CL_INVALID_BUFFER_SIZE, "no single buffer may be as large"},
}};

/// `ask(size, value, needed)` is one of OpenCL's clGet...Info functions.
template <class Ask>
std::string text_from(const Ask& ask) {
  std::size_t size = 0;
  if (ask(0, nullptr, &size) != CL_SUCCESS || size == 0) return {};
  std::string text(size, '\0');
  if (ask(size, text.data(), nullptr) != CL_SUCCESS) return {};
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

}  // namespace

std::string status_text(cl_int status) {
  const auto* known = std::ranges::find(statuses, status, &Status::number);
  return fmt::format("{} ({})", known == statuses.end() ? "OpenCL's status" : known->text, status);
}

void require(cl_int status, std::string_view task) {
  if (status != CL_SUCCESS)
    throw DeviceError{fmt::format("'gpu' cannot {}: {}", task, status_text(status))};
}

std::string text_of(cl_platform_id platform, cl_platform_info what) {
  return text_from([=](std::size_t size, void* value, std::size_t* needed) {
    return clGetPlatformInfo(platform, what, size, value, needed);
  });
}

std::string text_of(cl_device_id device, cl_device_info what) {
  return text_from([=](std::size_t size, void* value, std::size_t* needed) {
    return clGetDeviceInfo(device, what, size, value, needed);
  });
}

}  // namespace steppe::compute::gpu
