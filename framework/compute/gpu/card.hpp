// One graphics processor: oneDNN's engine on it, our kernels, and its memory.
//
// There is one of each for a whole process: every engine has an OpenCL context of its own, and
// memory of one context means nothing in another.
#pragma once

#include "framework/compute/gpu/opencl.hpp"
#include "framework/compute/gpu/products.hpp"
#include "framework/compute/gpu/programs.hpp"

#include <map>
#include <mutex>

namespace steppe::compute::gpu {

/// [any thread]
class Card {
 public:
  /// Graphics processor number `index` of Intel's. It stays until the process ends: drivers do not
  /// agree on what may still be released then. It must be there (found.hpp).
  static Card& open(std::size_t index);

  const dnnl::engine& engine() const { return engine_; }
  Programs& programs() { return programs_; }
  Products& products() { return products_; }
  /// Version of the library, device and driver.
  const std::string& description() const { return description_; }

  /// Memory full of zeros. @throws DeviceError when there is none left
  Owned<cl_mem> zeros(std::size_t bytes);
  /// Memory without a promise what it holds.
  Owned<cl_mem> room(std::size_t bytes) const;
  /// A copy of what the host has.
  Owned<cl_mem> copy_of(const void* data, std::size_t bytes) const;

  /// A queue of its own, beside those of oneDNN's streams.
  Owned<cl_command_queue> queue() const;

  /// Where the values of a flat buffer are, for kernels (common.cl, SHAPE).
  cl_mem blocks(const std::shared_ptr<const SegmentTable>& table);

 private:
  explicit Card(std::size_t index);

  struct Blocks {
    std::weak_ptr<const SegmentTable> table;
    Owned<cl_mem> memory;
  };

  dnnl::engine engine_;
  dnnl::stream stream_;  // for what belongs to no queue
  cl_context context_;
  Programs programs_;
  Products products_;
  std::string description_;
  std::mutex mutex_;
  std::map<const SegmentTable*, Blocks> blocks_;
};

}  // namespace steppe::compute::gpu
