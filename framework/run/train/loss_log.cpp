#include "framework/run/train/loss_log.hpp"

#include "framework/run/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace steppe::run {

compute::Tensor LossLog::next(std::uint64_t step) {
  if (used_ > 0 && used_ == slots * losses_.size() && !queue_.device().is_far()) flush();
  if (used_ == slots * losses_.size()) losses_.push_back(queue_.matrix(slots, 1));
  if (used_ == 0) first_step_ = step;
  const auto index = used_++;
  return losses_[index / slots].slice_rows(index % slots, 1);
}

double LossLog::take_mean() {
  flush();
  const double mean =
      count_ > 0 ? sum_ / static_cast<double>(count_) : std::numeric_limits<double>::quiet_NaN();
  sum_ = 0;
  count_ = 0;
  return mean;
}

void LossLog::flush() {
  for (std::size_t first = 0; first < used_; first += slots) {
    const compute::Mapped view{queue_, losses_[first / slots]};
    for (std::size_t i = 0; i < std::min(slots, used_ - first); ++i) {
      const float loss = *view->row(i);
      if (!std::isfinite(loss))
        throw RunError{
            fmt::format("the training loss is {} at step {}; try a lower learning rate or epsilon",
                        loss, first_step_ + first + i)};
      sum_ += loss;
    }
  }
  count_ += std::exchange(used_, 0);
}

}  // namespace steppe::run
