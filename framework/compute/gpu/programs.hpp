// Steppe's own kernels, compiled for one device.
//
// A program is what a file of kernels/ makes with the common ones in front. Drivers take seconds to
// compile, so each is compiled once a process, when its first kernel is needed, and kept in a
// folder under a name that tells driver, options and text. Nothing that changes from step to step
// is compiled in.
#pragma once

#include "framework/compute/gpu/opencl.hpp"
#include "framework/compute/gpu/sources.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::compute::gpu {

/// $STEPPE_KERNEL_CACHE; else $XDG_CACHE_HOME/steppe/kernels, else ~/.cache/steppe/kernels. Empty
/// where nothing is to be kept: the first is set and empty, or there is no home.
std::filesystem::path kernel_cache();

class Programs {
 public:
  /// `cache`: where compiled programs are kept, or empty. `sources` outlive this object.
  Programs(cl_context context, cl_device_id device, std::filesystem::path cache,
           std::span<const Source> sources = kernel_sources());

  /// Whether sums are kept in double, or in pairs of floats (kernels/wide.cl).
  bool doubles() const { return doubles_; }

  /// A kernel "file.name" of its own, since arguments are set in it. [any thread]
  /// @throws DeviceError naming the file, with what the driver's compiler says
  Owned<cl_kernel> kernel(std::string_view name);

  /// Names of all kernels of a file, as `kernel` takes them. [any thread] @throws DeviceError
  std::vector<std::string> kernels_of(std::string_view file);

 private:
  cl_program program_of(std::string_view file);
  std::string_view text_of_file(std::string_view name) const;
  Owned<cl_program> made(std::string_view file) const;
  Owned<cl_program> compiled(std::string_view file, const std::string& text) const;
  Owned<cl_program> kept(const std::filesystem::path& path) const;
  void build(std::string_view file, cl_program program) const;
  void keep(cl_program program, const std::filesystem::path& path) const;

  cl_context context_;
  cl_device_id device_;
  std::filesystem::path cache_;
  std::span<const Source> sources_;
  bool doubles_;
  std::string options_;
  std::mutex mutex_;
  std::map<std::string, Owned<cl_program>, std::less<>> programs_;
};

}  // namespace steppe::compute::gpu
