// `move` and `hold`: what an attack or a sharpness measure may move, by the names of columns or of
// tensors of weights.
#pragma once

#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

struct MoveRules {
  std::vector<std::string> move{"*"}, hold;
  bool hold_padding = false;  ///< "padding" in hold
  bool hold_flags = false;    ///< "flags" in hold

  /// Everything may move.
  MoveRules() = default;
  explicit MoveRules(const plugin::Settings& wiring);
  bool allows(std::string_view name, bool is_flag) const;
};

/// What the rules choose from.
struct Movable {
  std::string what;  ///< "feature column" or "tensor of weights"
  std::vector<std::string> names;
  std::vector<bool> flags;  ///< which of them are 0 or 1
};
Movable movable_columns(const DataNode& data);
Movable movable_weights(const TrainingNode& training);

/// What somebody may have meant by a pattern: names, and names grouped by their first or last part.
std::vector<std::string> patterns_over(const std::vector<std::string>& names);

/// Says which patterns cover nothing (most likely a misspelling), or that nothing may move.
void check_moves(const Heading& heading, const Stage& stage, const Movable& movable,
                 std::vector<Problem>& problems);

}  // namespace steppe::pipeline
