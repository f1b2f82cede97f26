// Submitting kernels: what they get, and how many work-items they are.
#pragma once

#include "framework/compute/gpu/card.hpp"
#include "framework/compute/gpu/storage.hpp"

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

namespace steppe::compute::gpu {

/// Numbers the kernels count with have 32 bits: no buffer here has more floats.
inline cl_uint count(std::size_t number) { return static_cast<cl_uint>(number); }

/// Work-items of a group, as in kernels/wide.cl.
inline constexpr std::size_t group = 64, lanes = 16, tile = 16;
/// Bytes of a `wide` there: a double, or two floats.
inline constexpr std::size_t wide = 8;

/// How many work-items, in how many groups.
struct Grid {
  std::array<std::size_t, 2> items, group;

  /// At least `items` of them.
  static Grid of(std::size_t items) {
    return {{(items + gpu::group - 1) / gpu::group * gpu::group, 1}, {gpu::group, 1}};
  }
  /// One for each value of a tensor.
  static Grid of(const Tensor& tensor) { return of(tensor.rows * tensor.columns); }
  /// A group of `lanes` for each row.
  static Grid rows(std::size_t rows) { return {{rows * lanes, 1}, {lanes, 1}}; }
  /// A group of tile x tile for each tile of a matrix.
  static Grid tiles(const Tensor& c) {
    const auto whole = [](std::size_t n) { return (n + tile - 1) / tile * tile; };
    return {{whole(c.columns), whole(c.rows)}, {tile, tile}};
  }
};

/// The shape of a result, as kernels take it.
struct Shape {
  const Tensor& of;
};

/// Submits kernels to one queue. Not shared between threads: arguments are set in a kernel.
class Launcher {
 public:
  Launcher(const Device& device, Card& card, cl_command_queue queue)
      : device_{device}, card_{card}, queue_{queue} {}

  /// Kernel "file.name" with these arguments, in the kernel's order: tensors, shapes, memory and
  /// numbers of exactly the kernel's type. @throws DeviceError for a tensor that is not this
  /// device's, or that the host has mapped
  template <class... Values>
  void run(const std::string& name, const Grid& grid, const Values&... values) {
    if (grid.items[0] == 0 || grid.items[1] == 0) return;
    const cl_kernel kernel = kernel_of(name);
    cl_uint place = 0;
    (set(kernel, place, values), ...);
    submit(kernel, name, grid);
  }

 private:
  cl_kernel kernel_of(const std::string& name);
  void submit(cl_kernel kernel, std::string_view name, const Grid& grid);

  void set(cl_kernel kernel, cl_uint& place, const Tensor& tensor);
  void set(cl_kernel kernel, cl_uint& place, const Shape& shape);
  template <class Value>
  requires(std::is_arithmetic_v<Value> ||
           std::is_same_v<Value, cl_mem>) void set(cl_kernel kernel, cl_uint& place, Value value) {
    require(clSetKernelArg(kernel, place++, sizeof value, &value), "set an argument of a kernel");
  }

  const Device& device_;
  Card& card_;
  cl_command_queue queue_;
  std::unordered_map<std::string, Owned<cl_kernel>> kernels_;
};

}  // namespace steppe::compute::gpu
