#include "framework/compute/checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::compute {

namespace {

std::string shape(const Tensor& x) { return fmt::format("{} x {}", x.rows, x.columns); }

[[noreturn]] void refuse(std::string_view operation, const Tensor& x, const std::string& wanted) {
  throw DeviceError{
      fmt::format("'{}' was given a tensor of {} where it needs {}", operation, shape(x), wanted)};
}

}  // namespace

void require_same_shape(std::string_view operation, const Tensor& x, const Tensor& y) {
  if (x.rows != y.rows || x.columns != y.columns) refuse(operation, x, shape(y));
  if (x.segments && y.segments && x.segments != y.segments && x.size() != y.size())
    throw DeviceError{
        fmt::format("'{}' was given flat buffers of different layouts, of {} and {} values",
                    operation, x.size(), y.size())};
}

void require_shape(std::string_view operation, const Tensor& x, std::size_t rows,
                   std::size_t columns) {
  if (x.rows != rows || x.columns != columns)
    refuse(operation, x, fmt::format("{} x {}", rows, columns));
}

void require_row_or_same(std::string_view operation, const Tensor& x, const Tensor& y) {
  if (x.columns != y.columns || (x.rows != 1 && x.rows != y.rows))
    refuse(operation, x, fmt::format("{} or 1 x {}", shape(y), y.columns));
}

void require_entries(std::string_view operation, std::size_t entries, const Tensor& y) {
  if (entries != y.rows)
    throw DeviceError{
        fmt::format("'{}' was given {} row ids for a tensor of {}", operation, entries, shape(y))};
}

void require_product(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose) {
  const bool first = transpose == Transpose::first, second = transpose == Transpose::second;
  const std::size_t rows = first ? a.columns : a.rows;
  const std::size_t inner = first ? a.rows : a.columns;
  const std::size_t columns = second ? b.rows : b.columns;
  if ((second ? b.columns : b.rows) != inner || c.rows != rows || c.columns != columns)
    throw DeviceError{fmt::format("'matmul' cannot put {} times {}{} into {}", shape(a), shape(b),
                                  first    ? " (the first transposed)"
                                  : second ? " (the second transposed)"
                                           : "",
                                  shape(c))};
}

void require_direction(std::string_view operation, const Queue::NormTangent& direction,
                       const Tensor& x) {
  if (direction.x) require_same_shape(operation, direction.x, x);
  for (const Tensor* row : {&direction.gamma, &direction.beta})
    if (*row) require_shape(operation, *row, 1, x.columns);
}

void require_gradients(std::string_view operation, const Queue::NormGradients& gradients,
                       const Tensor& x) {
  require_same_shape(operation, gradients.dy, x);
  require_same_shape(operation, gradients.dy_tangent, x);
  if (gradients.dx_tangent) require_same_shape(operation, gradients.dx_tangent, x);
  for (const Tensor* row : {&gradients.dgamma_tangent, &gradients.dbeta_tangent})
    if (*row) require_shape(operation, *row, 1, x.columns);
}

void require_norm(const Queue::BatchNorm& norm, std::size_t columns) {
  for (const Tensor* row : {&norm.gamma, &norm.beta, &norm.running_mean, &norm.running_variance,
                            &norm.mean, &norm.inverse_deviation})
    require_shape("batch_norm", *row, 1, columns);
}

void require_norm(const Queue::LayerNorm& norm, std::size_t columns) {
  for (const Tensor* row : {&norm.gamma, &norm.beta}) require_shape("layer_norm", *row, 1, columns);
}

void require_loss(std::string_view operation, const Tensor& outputs, const Tensor& labels,
                  const Tensor& values, const Tensor& gradient) {
  require_shape(operation, labels, outputs.rows, 1);
  if (values) require_shape(operation, values, outputs.rows, 1);
  if (gradient) require_same_shape(operation, gradient, outputs);
}

void require_gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) {
  require_shape("gather", to, rows.size(), from.columns);
  if (std::ranges::any_of(rows, [&](std::uint32_t row) { return row >= from.rows; }))
    throw DeviceError{fmt::format("'gather' was asked for row {} of {}",
                                  *std::ranges::max_element(rows), from.rows)};
}

void require_unmapped(bool mapped) {
  if (mapped)
    throw DeviceError{"an operation was given memory the host has mapped; unmap it first"};
}

void require_own(const Device& device, const Tensor& tensor) {
  if (tensor.storage->device() != &device)
    throw DeviceError{fmt::format(
        "a tensor of another device ('{}') was given to a queue of '{}'; copy it over first",
        tensor.storage->device()->name(), device.name())};
}

}  // namespace steppe::compute
