#include "framework/run/train/loss_log.hpp"

#include "framework/run/error.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace steppe::run {

LossLog::LossLog(compute::Queue& queue) : queue_{queue}, losses_{queue.matrix(slots, 1)} {}

compute::Tensor LossLog::next(std::uint64_t step) {
  if (used_ == slots) flush();
  if (used_ == 0) first_step_ = step;
  return losses_.slice_rows(used_++, 1);
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
  if (used_ == 0) return;
  const compute::Mapped view{queue_, losses_};
  for (std::size_t i = 0; i < used_; ++i) {
    const float loss = *view->row(i);
    if (!std::isfinite(loss))
      throw RunError{
          fmt::format("the training loss is {} at step {}; try a lower learning rate or epsilon",
                      loss, first_step_ + i)};
    sum_ += loss;
  }
  count_ += used_;
  used_ = 0;
}

}  // namespace steppe::run
