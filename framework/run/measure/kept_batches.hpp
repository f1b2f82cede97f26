// The events a measure looks at, in batches that stay on the device while weights move.
#pragma once

#include "framework/data/batches.hpp"
#include "framework/data/dataset.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace steppe::run {

/// Floats that one measure may keep on the device between two of its calls: of events, and as many
/// again of their passes. What is beyond is loaded, or passed through the network, each time anew.
inline constexpr std::size_t most_kept_floats = std::size_t{64} << 20;

/// How many of `count` things of `floats` each are kept; at least one.
std::size_t places_for(std::size_t count, std::size_t floats,
                       std::size_t most_floats = most_kept_floats);

/// Who is kept, of things that are numbered 0, 1, ...: the first have places of their own, and all
/// others share the last one.
class Places {
 public:
  explicit Places(std::size_t size) : held_(size, nothing) {}

  std::size_t size() const { return held_.size(); }
  std::size_t of(std::size_t number) const { return number < size() ? number : size() - 1; }
  /// Puts it into its place. @returns whether it was there already.
  bool take(std::size_t number);
  /// Nothing is in any place any more.
  void clear();

 private:
  static constexpr std::size_t nothing = static_cast<std::size_t>(-1);
  std::vector<std::size_t> held_;
};

class KeptBatches {
 public:
  /// `rows` of `data` in batches of `batch_rows`. `data` and `queue` outlive this object.
  KeptBatches(const data::Dataset& data, compute::Queue& queue, std::vector<std::uint32_t> rows,
              std::size_t batch_rows, std::size_t most_floats = most_kept_floats);

  std::size_t count() const { return (rows_.size() + batch_rows_ - 1) / batch_rows_; }
  std::span<const std::uint32_t> rows(std::size_t index) const;
  /// Those of the batches [first, last) one after the other.
  std::span<const std::uint32_t> rows(std::size_t first, std::size_t last) const;
  /// Gathered the first time; beyond the memory, each time. Valid until the next one.
  data::Batch& operator[](std::size_t index);
  /// How many have a place; those beyond share the last.
  std::size_t places() const { return places_.size(); }

 private:
  const data::Dataset& data_;
  compute::Queue& queue_;
  std::vector<std::uint32_t> rows_;
  std::size_t batch_rows_;
  Places places_;
  std::vector<std::unique_ptr<data::Batch>> batches_;  ///< one a place, made when it is needed
};

/// Whether a point is where it was when something was made there: what a measure moves is its own
/// affair, so the bits are compared.
class Standing {
 public:
  explicit Standing(compute::Queue& queue) : queue_{queue} {}

  bool at(const compute::Tensor& point) const;
  /// It is there now.
  void come_to(const compute::Tensor& point);
  /// Where that was: what is built there reads this, and not what the measure may move.
  const compute::Tensor& place() const { return place_; }
  void leave() { stands_ = false; }

 private:
  compute::Queue& queue_;
  compute::Tensor place_all_, place_;  ///< a copy, with room for the most rows so far
  bool stands_ = false;
};

}  // namespace steppe::run
