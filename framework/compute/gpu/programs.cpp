#include "framework/compute/gpu/programs.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace steppe::compute::gpu {

namespace {

/// In front of the kernels' names in OpenCL C: some would be names of built-in functions.
constexpr std::string_view opening = "steppe_";

}  // namespace

std::filesystem::path kernel_cache() {
  if (const char* given = std::getenv("STEPPE_KERNEL_CACHE")) return given;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    return std::filesystem::path{cache} / "steppe" / "kernels";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::filesystem::path{home} / ".cache" / "steppe" / "kernels";
  return {};
}

Programs::Programs(cl_context context, cl_device_id device, std::filesystem::path cache,
                   std::span<const Source> sources)
    : context_{context},
      device_{device},
      cache_{std::move(cache)},
      sources_{sources},
      doubles_{fact_of<cl_device_fp_config>(device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0},
      options_{"-cl-std=CL1.2 -cl-denorms-are-zero"} {
  const auto floats = fact_of<cl_device_fp_config>(device, CL_DEVICE_SINGLE_FP_CONFIG);
  if ((floats & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0)
    options_ += " -cl-fp32-correctly-rounded-divide-sqrt";
  if (doubles_) options_ += " -DSTEPPE_DOUBLE";
}

std::string_view Programs::text_of_file(std::string_view name) const {
  const auto found = std::ranges::find(sources_, name, &Source::name);
  if (found == sources_.end()) throw DeviceError{fmt::format("'gpu' has no kernels '{}.cl'", name)};
  return found->text;
}

Owned<cl_kernel> Programs::kernel(std::string_view name) {
  const auto dot = name.find('.');
  const std::string function = fmt::format("{}{}", opening, name.substr(dot + 1));
  const std::lock_guard lock{mutex_};
  cl_int status = CL_SUCCESS;
  Owned<cl_kernel> kernel{
      clCreateKernel(program_of(name.substr(0, dot)), function.c_str(), &status)};
  require(status, fmt::format("find the kernel '{}'", name));
  return kernel;
}

std::vector<std::string> Programs::kernels_of(std::string_view file) {
  const std::lock_guard lock{mutex_};
  const auto program = program_of(file);
  std::size_t size = 0;
  require(clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, 0, nullptr, &size),
          "tell the names of its kernels");
  std::string names(size, '\0');
  require(clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, size, names.data(), nullptr),
          "tell the names of its kernels");
  std::vector<std::string> out;
  std::istringstream all{names.c_str()};
  for (std::string name; std::getline(all, name, ';');)
    out.push_back(fmt::format("{}.{}", file, name.substr(opening.size())));
  return out;
}

cl_program Programs::program_of(std::string_view file) {
  auto program = programs_.find(file);
  if (program == programs_.end()) program = programs_.emplace(file, made(file)).first;
  return program->second.get();
}

Owned<cl_program> Programs::made(std::string_view file) const {
  std::string text;
  const auto add = [&](std::string_view part) {  // the compiler then names files and their lines
    text += fmt::format("#line 1 \"{}.cl\"\n{}", part, text_of_file(part));
  };
  for (const auto part : shared_parts) add(part);
  add(file);
  if (cache_.empty()) return compiled(file, text);
  const auto key = stream_key(text_of(device_, CL_DEVICE_NAME), text_of(device_, CL_DEVICE_VERSION),
                              text_of(device_, CL_DRIVER_VERSION), options_, text);
  const auto path = cache_ / fmt::format("{}-{:016x}.bin", file, key);
  if (auto program = kept(path)) return program;
  auto program = compiled(file, text);
  keep(program.get(), path);
  return program;
}

Owned<cl_program> Programs::compiled(std::string_view file, const std::string& text) const {
  const char* start = text.c_str();
  const std::size_t length = text.size();
  cl_int status = CL_SUCCESS;
  Owned<cl_program> program{clCreateProgramWithSource(context_, 1, &start, &length, &status)};
  require(status, fmt::format("take the text of '{}.cl'", file));
  build(file, program.get());
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

void Programs::build(std::string_view file, cl_program program) const {
  const cl_int status = clBuildProgram(program, 1, &device_, options_.c_str(), nullptr, nullptr);
  if (status == CL_SUCCESS) return;
  std::size_t size = 0;
  clGetProgramBuildInfo(program, device_, CL_PROGRAM_BUILD_LOG, 0, nullptr, &size);
  std::string log(size, '\0');
  clGetProgramBuildInfo(program, device_, CL_PROGRAM_BUILD_LOG, size, log.data(), nullptr);
  throw DeviceError{fmt::format(
      "'gpu' cannot compile its kernels '{}.cl' with the driver {}: {}; try another version of the "
      "driver, or use 'cpu'\n{}",
      file, text_of(device_, CL_DRIVER_VERSION), status_text(status), log.c_str())};
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
