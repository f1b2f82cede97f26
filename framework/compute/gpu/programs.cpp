#include "framework/compute/gpu/programs.hpp"

#include "framework/compute/gpu/sources.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace steppe::compute::gpu {

namespace {

std::string_view text_of_file(std::string_view name) {
  const auto sources = kernel_sources();
  return std::ranges::find(sources, name, &Source::name)->text;
}

}  // namespace

std::filesystem::path kernel_cache() {
  if (const char* given = std::getenv("STEPPE_KERNEL_CACHE")) return given;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    return std::filesystem::path{cache} / "steppe" / "kernels";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::filesystem::path{home} / ".cache" / "steppe" / "kernels";
  return {};
}

Programs::Programs(cl_context context, cl_device_id device, std::filesystem::path cache)
    : context_{context},
      device_{device},
      cache_{std::move(cache)},
      doubles_{fact_of<cl_device_fp_config>(device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0},
      options_{"-cl-std=CL1.2 -cl-denorms-are-zero"} {
  const auto floats = fact_of<cl_device_fp_config>(device, CL_DEVICE_SINGLE_FP_CONFIG);
  if ((floats & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0)
    options_ += " -cl-fp32-correctly-rounded-divide-sqrt";
  if (doubles_) options_ += " -DSTEPPE_DOUBLE";
}

Owned<cl_kernel> Programs::kernel(std::string_view name) {
  const auto dot = name.find('.');
  const std::string_view file = name.substr(0, dot);
  const std::string function = fmt::format("steppe_{}", name.substr(dot + 1));
  const std::lock_guard lock{mutex_};
  auto program = programs_.find(file);
  if (program == programs_.end()) program = programs_.emplace(file, made(file)).first;
  cl_int status = CL_SUCCESS;
  Owned<cl_kernel> kernel{clCreateKernel(program->second.get(), function.c_str(), &status)};
  require(status, fmt::format("find the kernel '{}'", name));
  return kernel;
}

Owned<cl_program> Programs::made(std::string_view file) const {
  std::string text;
  for (const std::string_view part :
       {std::string_view{"common"}, std::string_view{"wide"}, std::string_view{"functions"}, file})
    text += text_of_file(part);
  if (cache_.empty()) return compiled(text);
  const auto key = stream_key(text_of(device_, CL_DEVICE_NAME), text_of(device_, CL_DEVICE_VERSION),
                              text_of(device_, CL_DRIVER_VERSION), options_, text);
  const auto path = cache_ / fmt::format("{}-{:016x}.bin", file, key);
  if (auto program = kept(path)) return program;
  auto program = compiled(text);
  keep(program.get(), path);
  return program;
}

Owned<cl_program> Programs::compiled(const std::string& text) const {
  const char* start = text.c_str();
  const std::size_t length = text.size();
  cl_int status = CL_SUCCESS;
  Owned<cl_program> program{clCreateProgramWithSource(context_, 1, &start, &length, &status)};
  require(status, "take the text of a kernel");
  build(program.get());
  return program;
}

/// Null where there is none, or where the driver does not like it any more.
Owned<cl_program> Programs::kept(const std::filesystem::path& path) const {
  std::ifstream file{path, std::ios::binary};
  if (!file) return nullptr;
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  const auto* start = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::size_t length = bytes.size();
  if (length == 0) return nullptr;
  cl_int status = CL_SUCCESS;
  Owned<cl_program> program{
      clCreateProgramWithBinary(context_, 1, &device_, &length, &start, nullptr, &status)};
  if (status != CL_SUCCESS) return nullptr;
  status = clBuildProgram(program.get(), 1, &device_, options_.c_str(), nullptr, nullptr);
  return status == CL_SUCCESS ? std::move(program) : nullptr;
}

void Programs::build(cl_program program) const {
  const cl_int status = clBuildProgram(program, 1, &device_, options_.c_str(), nullptr, nullptr);
  if (status == CL_SUCCESS) return;
  std::size_t size = 0;
  clGetProgramBuildInfo(program, device_, CL_PROGRAM_BUILD_LOG, 0, nullptr, &size);
  std::string log(size, '\0');
  clGetProgramBuildInfo(program, device_, CL_PROGRAM_BUILD_LOG, size, log.data(), nullptr);
  throw DeviceError{
      fmt::format("'gpu' cannot compile its kernels: {}\n{}", status_text(status), log.c_str())};
}

/// Half a file is never seen under its name. A cache that cannot be written is no failure.
void Programs::keep(cl_program program, const std::filesystem::path& path) const {
  std::size_t size = 0;
  if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, nullptr) !=
          CL_SUCCESS ||
      size == 0)
    return;
  std::vector<unsigned char> bytes(size);
  unsigned char* start = bytes.data();
  if (clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof start, &start, nullptr) != CL_SUCCESS)
    return;
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path(), failed);
  auto unfinished = path;
  unfinished += fmt::format(".{}", getpid());
  std::ofstream file{unfinished, std::ios::binary};
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(size));
  file.close();
  if (file)
    std::filesystem::rename(unfinished, path, failed);
  else
    std::filesystem::remove(unfinished, failed);
}

}  // namespace steppe::compute::gpu
