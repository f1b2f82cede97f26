// What every device refuses before it touches memory.
#pragma once

#include "framework/compute/device.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace steppe::compute {

/// @throws DeviceError unless both have this shape (and, of flat buffers, the same padding).
void require_same_shape(std::string_view operation, const Tensor& x, const Tensor& y);

/// @throws DeviceError unless `x` is rows x columns.
void require_shape(std::string_view operation, const Tensor& x, std::size_t rows,
                   std::size_t columns);

/// @throws DeviceError unless x is one row as wide as y, or has y's shape.
void require_row_or_same(std::string_view operation, const Tensor& x, const Tensor& y);

/// @throws DeviceError unless there is one entry a row of `y`.
void require_entries(std::string_view operation, std::size_t entries, const Tensor& y);

/// @throws DeviceError unless a b fits c.
void require_product(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose);

/// @throws DeviceError unless what moves of a normalisation of `x` has its shape.
void require_direction(std::string_view operation, const Queue::NormTangent& direction,
                       const Tensor& x);
void require_gradients(std::string_view operation, const Queue::NormGradients& gradients,
                       const Tensor& x);

/// @throws DeviceError unless the rows of a normalisation have this many columns.
void require_norm(const Queue::BatchNorm& norm, std::size_t columns);
void require_norm(const Queue::LayerNorm& norm, std::size_t columns);

/// @throws DeviceError unless labels and results fit the outputs; results may be empty.
void require_loss(std::string_view operation, const Tensor& outputs, const Tensor& labels,
                  const Tensor& values, const Tensor& gradient);

/// @throws DeviceError unless these rows are there and fit into `to`.
void require_gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to);

/// @throws DeviceError when the host has mapped what an operation was given.
void require_unmapped(bool mapped);

/// @throws DeviceError unless `tensor` lives in memory of `device`.
void require_own(const Device& device, const Tensor& tensor);

}  // namespace steppe::compute
