// The room of the host's own cores: memory is memory, and an operation runs when it is submitted.
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
  CpuStorage(std::shared_ptr<const Device> device, std::size_t floats)
      : Storage{std::move(device), floats} {
    const std::size_t bytes = aligned(std::max<std::size_t>(floats, 1)) * sizeof(float);
    data_.reset(static_cast<float*>(std::aligned_alloc(alignment * sizeof(float), bytes)));
    if (!data_) throw DeviceError{fmt::format("the host has no {} bytes left for a tensor", bytes)};
    std::memset(data_.get(), 0, bytes);
  }

  float* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float, Free> data_;
};

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

class Cpu final : public Device {
 public:
  std::string_view name() const override { return "cpu"; }
  std::string description() const override { return "cpu, " + matmul_description(); }

  std::shared_ptr<Storage> allocate(std::size_t floats) override {
    return std::make_shared<CpuStorage>(shared_from_this(), floats);
  }

  std::unique_ptr<Queue> queue() override {
    return std::make_unique<HostQueue<CpuRoom>>(shared_from_this(), products_);
  }

 private:
  std::shared_ptr<Matmul> products_ = std::make_shared<Matmul>();
};

}  // namespace

std::shared_ptr<Device> open_cpu() { return std::make_shared<Cpu>(); }

}  // namespace steppe::compute
