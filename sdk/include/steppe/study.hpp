// A study as a metric that compares sees it: every point that was measured, with its coordinates,
// its domains and its numbers.
#pragma once

#include <steppe/abi.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe {

/// A number with one standard deviation of uncertainty (NaN: none).
struct Number {
  double value;
  double uncertainty;
};

/// The points are those that were measured, in the order of the results: one may be missing where
/// something failed. Trials are points of their own. Valid during the call it was passed to.
class Study {
 public:
  explicit Study(const steppe_study* study)
      : study_{study}, axes_(study->axes, study->axes + study->axis_count) {}

  std::size_t points() const { return study_->points; }
  /// Names of the axes: those of [matrix] in the order of the file, then `test`.
  const std::vector<std::string>& axes() const { return axes_; }
  /// Index of an axis; nothing when the study has no such axis.
  std::optional<std::size_t> axis(std::string_view name) const {
    for (std::size_t i = 0; i < axes_.size(); ++i)
      if (axes_[i] == name) return i;
    return std::nullopt;
  }
  /// One text an axis.
  std::vector<std::string> coordinates(std::size_t point) const {
    const auto* first = study_->coordinates + point * axes_.size();
    return {first, first + axes_.size()};
  }
  /// Domain ("pythia") of the data the point's network was trained on, and is tested on.
  std::string trained_on(std::size_t point) const { return study_->trained_on[point]; }
  std::string tested_on(std::size_t point) const { return study_->tested_on[point]; }

  /// What a metric of [evaluate] gave there ("auc"), or a sharpness measure of the point's network
  /// ("hessian_weights.eigenvalue", the heading first); nothing when there is no such number.
  std::optional<Number> value(std::size_t point, const std::string& name) const {
    Number out{};
    if (!study_->value(study_->self, point, name.c_str(), &out.value, &out.uncertainty))
      return std::nullopt;
    return out;
  }

 private:
  const steppe_study* study_;
  std::vector<std::string> axes_;
};

}  // namespace steppe
