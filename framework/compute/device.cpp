#include "framework/compute/device.hpp"

#include "framework/compute/rooms.hpp"
#include "framework/compute/worker_setup.hpp"

#include <steppe/nearest.hpp>

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace steppe::compute {

namespace {

/// In memory of the device or of one of its queues.
template <class Memory>
Tensor matrix_in(Memory& memory, std::size_t lead, std::size_t rows, std::size_t columns) {
  // Whole cache lines a row, where a row is more than one of them.
  const std::size_t stride = columns > 16 ? (columns + 15) / 16 * 16 : columns;
  return {memory.allocate(lead + rows * stride), lead, rows, columns, stride, nullptr};
}

template <class Memory>
Tensor flat_in(Memory& memory, std::size_t lead, std::shared_ptr<const SegmentTable> table) {
  const std::size_t floats = table->floats();
  return {memory.allocate(lead + floats), lead, 1, floats, floats, std::move(table)};
}

}  // namespace

Tensor Device::matrix(std::size_t rows, std::size_t columns) {
  return matrix_in(*this, lead(), rows, columns);
}

Tensor Device::flat(std::shared_ptr<const SegmentTable> table) {
  return flat_in(*this, lead(), std::move(table));
}

std::shared_ptr<Storage> Queue::allocate(std::size_t floats) { return device().allocate(floats); }

Tensor Queue::matrix(std::size_t rows, std::size_t columns) {
  return matrix_in(*this, device().lead(), rows, columns);
}

Tensor Queue::flat(std::shared_ptr<const SegmentTable> table) {
  return flat_in(*this, device().lead(), std::move(table));
}

namespace {

/// The number in `gpu` and `gpu:1`.
std::optional<std::size_t> gpu_index(std::string_view name) {
  if (name == "gpu") return 0;
  constexpr std::string_view opening = "gpu:";
  if (!name.starts_with(opening)) return std::nullopt;
  name.remove_prefix(opening.size());
  std::size_t index = 0;
  const auto* end = name.data() + name.size();
  const auto read = std::from_chars(name.data(), end, index);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return index;
}

std::string unknown_device(std::string_view name) {
  constexpr std::array<std::string_view, 4> known{"cpu", "gpu", "auto", "far"};
  return fmt::format("there is no device '{}' here{}; there are 'cpu', 'gpu', 'auto' and 'far'",
                     name, did_you_mean(name, known));
}

}  // namespace

bool is_gpu(std::string_view name) { return gpu_index(name).has_value(); }

std::string_view device_behind(std::string_view name) {
  if (name != "auto") return name;
  return gpu_trouble(0).empty() ? "gpu" : "cpu";
}

bool is_device_name(std::string_view name) {
  return name == "cpu" || name == "far" || name == "auto" || is_gpu(name);
}

std::string device_trouble(std::string_view name) {
  if (!is_device_name(name)) return unknown_device(name);
  return gpu_index(name) ? gpu_trouble(*gpu_index(name)) : std::string{};
}

std::string device_numerics(std::string_view name) {
  name = device_behind(name);
  const auto index = gpu_index(name);
  return index ? gpu_model(*index) : std::string{name};
}

std::shared_ptr<Device> open_device(std::string_view name) {
  prepare_thread();
  name = device_behind(name);
  if (name == "cpu") return open_cpu();
  if (name == "far") return open_far();
  if (const auto index = gpu_index(name)) return open_gpu(*index);
  throw DeviceError{unknown_device(name)};
}

}  // namespace steppe::compute
