// What an attack may move: the wiring's `move` and `hold`, turned into masks of 0 and 1.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/data/dataset.hpp"
#include "framework/pipeline/move_rules.hpp"

#include <memory>
#include <span>
#include <vector>

namespace steppe::run {

using pipeline::MoveRules;

/// The mask of events: by column, and by filled slot where padding is held.
class EventMask {
 public:
  EventMask(const MoveRules& rules, const data::Dataset& data);

  /// Everything may move: no mask is needed.
  bool trivial() const { return trivial_; }
  /// Writes the mask of the rows into `to`, rows x features. The data outlive the next `wait`.
  void write(compute::Queue& queue, std::span<const std::uint32_t> rows,
             const compute::Tensor& to) const;

 private:
  /// Features next to each other that one slot's filling decides on.
  struct Held {
    int slot;
    std::size_t first, last;
  };
  struct Pattern {
    std::vector<float> columns;
    std::vector<Held> held;  ///< where padding is held
  };
  static void write(const data::Dataset& data, const Pattern& pattern,
                    std::span<const std::uint32_t> rows, const compute::View& to);

  const data::Dataset& data_;
  std::shared_ptr<const Pattern> pattern_;  ///< also what has been submitted has it
  bool trivial_ = true;
};

/// Which tensors of the weights may move, by name ("dense_0.weight").
std::vector<bool> movable_segments(const MoveRules& rules, const compute::SegmentTable& table);
/// The mask of flat weights. Empty when everything may move.
compute::Tensor weight_mask(const MoveRules& rules, compute::Queue& queue,
                            const std::shared_ptr<const compute::SegmentTable>& table);

}  // namespace steppe::run
