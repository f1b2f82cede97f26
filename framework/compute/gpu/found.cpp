// oneDNN says "could not create an engine" whatever is missing; this finds out what it is.
#include "framework/compute/gpu/found.hpp"

#include "framework/compute/gpu/opencl.hpp"

#include <fmt/format.h>

namespace steppe::compute::gpu {

namespace {

constexpr cl_uint intel = 0x8086;

std::vector<cl_platform_id> platforms() {
  cl_uint count = 0;
  if (clGetPlatformIDs(0, nullptr, &count) != CL_SUCCESS || count == 0) return {};
  std::vector<cl_platform_id> all(count);
  if (clGetPlatformIDs(count, all.data(), nullptr) != CL_SUCCESS) return {};
  return all;
}

std::vector<cl_device_id> gpus_of(cl_platform_id platform) {
  cl_uint count = 0;
  if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_GPU, 0, nullptr, &count) != CL_SUCCESS) return {};
  std::vector<cl_device_id> all(count);
  if (count == 0) return {};
  if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_GPU, count, all.data(), nullptr) != CL_SUCCESS)
    return {};
  return all;
}

}  // namespace

Found find_gpus() {
  Found found;
  std::vector<std::string> drivers, others;
  for (const auto platform : platforms()) {
    drivers.push_back(fmt::format("'{}'", text_of(platform, CL_PLATFORM_NAME)));
    for (const auto device : gpus_of(platform)) {
      if (fact_of<cl_uint>(device, CL_DEVICE_VENDOR_ID) == intel)
        found.models.push_back(fmt::format("{}, {}, {}", text_of(device, CL_DEVICE_NAME),
                                           text_of(device, CL_DEVICE_VERSION),
                                           text_of(device, CL_DRIVER_VERSION)));
      else
        others.push_back(fmt::format("'{}' by '{}'", text_of(device, CL_DEVICE_NAME),
                                     text_of(device, CL_DEVICE_VENDOR)));
    }
  }
  if (!found.models.empty()) return found;
  if (drivers.empty())
    found.trouble =
        "there is no OpenCL driver; for an Intel GPU install the package 'intel-opencl-icd'";
  else if (others.empty())
    found.trouble = fmt::format(
        "OpenCL's drivers ({}) know no graphics processor; for an Intel GPU install the package "
        "'intel-opencl-icd' and join the group that may use /dev/dri ('render')",
        fmt::join(drivers, ", "));
  else
    found.trouble = fmt::format("{} is no GPU by Intel, and oneDNN knows no other; use 'cpu'",
                                fmt::join(others, ", "));
  return found;
}

std::string trouble_of(const Found& found, std::size_t index) {
  if (found.models.empty() || index < found.models.size()) return found.trouble;
  return found.models.size() == 1
             ? std::string{"this machine has one GPU, 'gpu'"}
             : fmt::format("this machine has GPUs up to 'gpu:{}'; 'steppe devices' lists them",
                           found.models.size() - 1);
}

}  // namespace steppe::compute::gpu
