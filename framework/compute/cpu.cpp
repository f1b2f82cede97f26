// The room of the host's own cores: memory is memory, and an operation runs when it is submitted.
#include "framework/compute/arena.hpp"
#include "framework/compute/host_queue.hpp"
#include "framework/compute/rooms.hpp"
#include "framework/compute/worker_setup.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

namespace steppe::compute {

namespace {

class CpuStorage final : public Storage {
 public:
  /// @throws DeviceError where `memory` is null: there was none for it.
  CpuStorage(std::shared_ptr<const Device> device, std::size_t floats,
             std::shared_ptr<float> memory)
      : Storage{std::move(device), floats}, memory_{std::move(memory)} {
    if (!memory_)
      throw DeviceError{
          fmt::format("the host has no {} bytes left for a tensor", floats * sizeof(float))};
  }

  float* data() const { return memory_.get(); }

 private:
  std::shared_ptr<float> memory_;
};

/// Sanitizers know the bounds of what has a place of its own.
#if defined(STEPPE_SANITIZED)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// A place of its own, zero-filled.
std::shared_ptr<float> own_memory(std::size_t floats) {
  const std::size_t bytes = aligned(std::max<std::size_t>(floats, 1)) * sizeof(float);
  void* const memory = std::aligned_alloc(alignment * sizeof(float), bytes);
  if (!memory) return nullptr;
  std::memset(memory, 0, bytes);
  return {static_cast<float*>(memory), std::free};
}

class CpuRoom {
 public:
  explicit CpuRoom(const Device&) {}

  template <class Work, class... Tensors>
  void run(const Work& work, const Tensors&... tensors) {
    prepare_thread();
    work(map(tensors)...);
  }

  template <class Value>
  std::span<const Value> keep(std::span<const Value> values) {
    return values;
  }

  void finish() {}

  struct Aside {
    explicit Aside(CpuRoom&) {}
  };
  void join() {}
  void sent(std::size_t) {}
  void received(std::size_t) {}
  Traffic traffic() const { return {}; }

  View map(const Tensor& tensor) {
    if (!tensor) return {};
    const auto& storage = static_cast<const CpuStorage&>(*tensor.storage);
    return {storage.data() + tensor.offset, tensor.rows, tensor.columns, tensor.stride,
            tensor.segments.get()};
  }
  void unmap(const Tensor&) {}
};

class CpuQueue final : public HostQueue<CpuRoom> {
 public:
  using HostQueue::HostQueue;

  std::shared_ptr<Storage> allocate(std::size_t floats) override {
    return std::make_shared<CpuStorage>(device_, floats, memory_for(floats));
  }

 private:
  std::shared_ptr<float> memory_for(std::size_t floats) {
    return sanitized ? own_memory(floats) : arena_->take(floats);
  }

  std::shared_ptr<Arena> arena_ = Arena::make();
};

class Cpu final : public Device {
 public:
  std::string_view name() const override { return "cpu"; }
  std::string description() const override { return "cpu, " + matmul_description(); }

  std::shared_ptr<Storage> allocate(std::size_t floats) override {
    return std::make_shared<CpuStorage>(shared_from_this(), floats, own_memory(floats));
  }

  std::unique_ptr<Queue> queue() override {
    return std::make_unique<CpuQueue>(shared_from_this(), products_);
  }

 private:
  std::shared_ptr<Matmul> products_ = std::make_shared<Matmul>();
};

}  // namespace

std::shared_ptr<Device> open_cpu() { return std::make_shared<Cpu>(); }

}  // namespace steppe::compute
