// Tensors: float32 matrices that live in the memory of a device.
//
// A tensor is a window (offset, rows, columns, stride) on a storage. Nobody but the device may
// follow the storage's address: on `gpu` it is no host pointer at all, on `far` the pages are
// unreadable. Host code goes through `Queue::map` (device.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace steppe::compute {

/// Every tensor of a flat buffer starts at a multiple of this many floats (256 bytes).
inline constexpr std::size_t alignment = 64;

/// `count` rounded up to the next multiple of `alignment`.
constexpr std::size_t aligned(std::size_t count) {
  return (count + alignment - 1) / alignment * alignment;
}

class Device;

/// Memory of one device, which it keeps alive; made by `Device::allocate`, zero-filled.
class Storage {
 public:
  Storage(std::shared_ptr<const Device> device, std::size_t floats)
      : device_{std::move(device)}, floats_{floats} {}
  virtual ~Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  const Device* device() const { return device_.get(); }
  std::size_t floats() const { return floats_; }

 private:
  std::shared_ptr<const Device> device_;
  std::size_t floats_;
};

/// One named matrix inside a flat buffer. `offset` counts floats from the start of the buffer and
/// is a multiple of `alignment`; the floats between two segments are padding: always zero, never
/// part of a norm, a count or a random index. Inside a segment rows are contiguous.
struct Segment {
  std::string name;
  std::size_t offset = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;

  std::size_t size() const { return rows * columns; }
};

/// The layout of a flat buffer (weights, gradients, moments, BatchNorm statistics).
class SegmentTable {
 public:
  /// Appends a segment behind the last one, aligned. @returns its index.
  std::size_t add(std::string name, std::size_t rows, std::size_t columns);

  const std::vector<Segment>& segments() const { return segments_; }
  const Segment& operator[](std::size_t index) const { return segments_[index]; }
  /// Floats of the buffer, padding included.
  std::size_t floats() const { return floats_; }
  /// Values without the padding.
  std::size_t values() const { return values_; }

 private:
  std::vector<Segment> segments_;
  std::size_t floats_ = 0;
  std::size_t values_ = 0;
};

/// A window on a storage. Copies are cheap and share the storage.
struct Tensor {
  std::shared_ptr<Storage> storage;
  std::size_t offset = 0;  ///< floats from the start of the storage
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;  ///< floats from one row to the next, >= columns
  /// Set for flat buffers: one row, `columns == segments->floats()`.
  std::shared_ptr<const SegmentTable> segments;

  explicit operator bool() const { return storage != nullptr; }
  /// Values that count: padding of a flat buffer is left out.
  std::size_t size() const { return segments ? segments->values() : rows * columns; }

  /// The first `count` rows.
  Tensor head(std::size_t count) const;
  /// Rows [first, first + count).
  Tensor slice_rows(std::size_t first, std::size_t count) const;
  /// The matrix of segment `index` of a flat buffer.
  Tensor segment(std::size_t index) const;
};

/// A host view of a mapped tensor, valid while it is mapped.
struct View {
  float* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;
  const SegmentTable* segments = nullptr;  ///< of a flat buffer; belongs to the tensor

  float* row(std::size_t index) const { return data + index * stride; }
};

/// A read-only matrix in ordinary host memory.
struct HostMatrix {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;

  const float* row(std::size_t index) const { return data + index * stride; }
};

}  // namespace steppe::compute
