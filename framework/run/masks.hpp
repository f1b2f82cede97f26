// What an attack may move: the wiring's `move` and `hold`, turned into masks of 0 and 1.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/data/dataset.hpp"
#include "framework/plugin/settings.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::run {

/// Whether `pattern`, in which '*' stands for any characters, covers all of `name`.
bool matches(std::string_view pattern, std::string_view name);

/// `move` and `hold` of an attack's wiring.
struct MoveRules {
  std::vector<std::string> move{"*"}, hold;
  bool hold_padding = false;  ///< "padding" in hold
  bool hold_flags = false;    ///< "flags" in hold

  /// Everything may move.
  MoveRules() = default;
  explicit MoveRules(const plugin::Settings& wiring);
  bool allows(std::string_view name, bool is_flag) const;
};

/// The mask of events: by column, and by filled slot where padding is held.
class EventMask {
 public:
  /// @throws DataError when a pattern of `move` or `hold` covers no column, or nothing may move.
  EventMask(const MoveRules& rules, const data::Dataset& data);

  /// Everything may move: no mask is needed.
  bool trivial() const { return trivial_; }
  /// Writes the mask of the rows into `to`, rows x features.
  void write(compute::Queue& queue, std::span<const std::uint32_t> rows,
             const compute::Tensor& to) const;

 private:
  const data::Dataset& data_;
  std::vector<float> columns_;
  bool padding_ = false;
  bool trivial_ = true;
};

/// The mask of flat weights, by segment name ("dense_0.weight"). Empty when everything may move.
compute::Tensor weight_mask(const MoveRules& rules, compute::Queue& queue,
                            const std::shared_ptr<const compute::SegmentTable>& table);

}  // namespace steppe::run
