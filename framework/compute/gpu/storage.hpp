// Memory of a GPU: an OpenCL buffer, which the host sees only while it is mapped.
#pragma once

#include "framework/compute/gpu/opencl.hpp"

#include <atomic>
#include <mutex>
#include <vector>

namespace steppe::compute::gpu {

/// A buffer is mapped as a whole, once, however many of its tensors are mapped: what OpenCL does to
/// regions that overlap and are mapped twice for writing is undefined. [any thread]
class GpuStorage final : public Storage {
 public:
  GpuStorage(std::shared_ptr<const Device> device, std::size_t floats, Owned<cl_mem> memory)
      : Storage{std::move(device), floats}, memory_{std::move(memory)} {}
  /// What is on its way here is still read.
  ~GpuStorage() override { wait_for_staged(); }

  cl_mem memory() const { return memory_.get(); }
  bool mapped() const { return holders_ > 0; }
  std::size_t bytes() const { return floats() * sizeof(float); }

  /// The buffer's first float, after all that was submitted to `queue`.
  float* map(cl_command_queue queue);
  void unmap(cl_command_queue queue);

  // What the host sends lies in memory of this buffer's own until it has arrived, so that nobody
  // waits for that: two batches that are sent by turns have two such places. One thread at a time.
  /// Room for what is sent next. `waited`: what was sent before had not arrived.
  float* stage(std::size_t count, bool& waited);
  /// What lies there goes to `to`, row by row, after `after` (null: nothing). @returns its arrival
  Owned<cl_event> send(cl_command_queue queue, const Tensor& to, cl_event after);

 private:
  bool wait_for_staged();

  Owned<cl_mem> memory_;
  std::mutex mutex_;
  std::atomic<std::size_t> holders_ = 0;
  float* host_ = nullptr;
  std::vector<float> staged_;
  Owned<cl_event> arrival_;
};

inline GpuStorage& storage_of(const Tensor& tensor) {
  return static_cast<GpuStorage&>(*tensor.storage);
}
inline cl_mem memory_of(const Tensor& tensor) { return storage_of(tensor).memory(); }

}  // namespace steppe::compute::gpu
