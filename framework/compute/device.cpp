#include "framework/compute/device.hpp"

#include "framework/compute/rooms.hpp"
#include "framework/compute/worker_setup.hpp"

#include <steppe/nearest.hpp>

#include <array>

#include <fmt/format.h>

namespace steppe::compute {

Tensor Device::matrix(std::size_t rows, std::size_t columns) {
  // Whole cache lines a row, where a row is more than one of them.
  const std::size_t stride = columns > 16 ? (columns + 15) / 16 * 16 : columns;
  return {allocate(lead() + rows * stride), lead(), rows, columns, stride, nullptr};
}

Tensor Device::flat(std::shared_ptr<const SegmentTable> table) {
  const std::size_t floats = table->floats();
  return {allocate(lead() + floats), lead(), 1, floats, floats, std::move(table)};
}

std::shared_ptr<Device> open_device(std::string_view name) {
  prepare_thread();
  if (name == "cpu") return open_cpu();
  if (name == "far") return open_far();
  constexpr std::array<std::string_view, 2> known{"cpu", "far"};
  throw DeviceError{fmt::format("there is no device '{}' here{}; there are 'cpu' and 'far'", name,
                                did_you_mean(name, known))};
}

}  // namespace steppe::compute
