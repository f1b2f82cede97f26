// The room of Intel's graphics processors: oneDNN's OpenCL engine for products, kernels of our own
// for everything else.
#include "framework/compute/gpu/found.hpp"
#include "framework/compute/gpu/queue.hpp"
#include "framework/compute/rooms.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace steppe::compute {

namespace gpu {

namespace {

class Gpu final : public Device {
 public:
  Gpu(std::string name, Card& card) : name_{std::move(name)}, card_{card} {}

  std::string_view name() const override { return name_; }
  std::string description() const override { return "gpu, " + card_.description(); }
  bool is_far() const override { return true; }

  std::shared_ptr<Storage> allocate(std::size_t floats) override {
    if (floats > std::numeric_limits<cl_int>::max())
      throw DeviceError{fmt::format(
          "'gpu' counts with 32 bits: a tensor of {} floats is too large; use a smaller batch",
          floats)};
    auto memory = card_.zeros(std::max<std::size_t>(floats, 1) * sizeof(float));
    return std::make_shared<GpuStorage>(shared_from_this(), floats, std::move(memory));
  }

  std::unique_ptr<Queue> queue() override {
    return std::make_unique<GpuQueue>(shared_from_this(), card_);
  }

 private:
  std::string name_;
  Card& card_;
};

}  // namespace

}  // namespace gpu

std::shared_ptr<Device> open_gpu(std::size_t index) {
  const auto name = index == 0 ? std::string{"gpu"} : fmt::format("gpu:{}", index);
  if (const auto why = gpu_trouble(index); !why.empty())
    throw DeviceError{fmt::format("'{}' is not there: {}", name, why)};
  return std::make_shared<gpu::Gpu>(name, gpu::Card::open(index));
}

std::string gpu_trouble(std::size_t index) { return gpu::trouble_of(gpu::find_gpus(), index); }

std::string gpu_model(std::size_t index) {
  const auto found = gpu::find_gpus();
  return index < found.models.size() ? "gpu, " + found.models[index] : "gpu";
}

}  // namespace steppe::compute
