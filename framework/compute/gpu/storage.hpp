// Memory of a GPU: an OpenCL buffer, which the host sees only while it is mapped.
#pragma once

#include "framework/compute/gpu/opencl.hpp"

#include <atomic>
#include <mutex>

namespace steppe::compute::gpu {

/// A buffer is mapped as a whole, once, however many of its tensors are mapped: what OpenCL does to
/// regions that overlap and are mapped twice for writing is undefined. [any thread]
class GpuStorage final : public Storage {
 public:
  GpuStorage(std::shared_ptr<const Device> device, std::size_t floats, Owned<cl_mem> memory)
      : Storage{std::move(device), floats}, memory_{std::move(memory)} {}

  cl_mem memory() const { return memory_.get(); }
  bool mapped() const { return holders_ > 0; }

  /// The buffer's first float, after all that was submitted to `queue`.
  float* map(cl_command_queue queue);
  void unmap(cl_command_queue queue);

 private:
  Owned<cl_mem> memory_;
  std::mutex mutex_;
  std::atomic<std::size_t> holders_ = 0;
  float* host_ = nullptr;
};

inline GpuStorage& storage_of(const Tensor& tensor) {
  return static_cast<GpuStorage&>(*tensor.storage);
}
inline cl_mem memory_of(const Tensor& tensor) { return storage_of(tensor).memory(); }

}  // namespace steppe::compute::gpu
