#include "framework/run/train/step_traffic.hpp"

#include <utility>

namespace steppe::run {

void StepTraffic::watch(std::string stage, Meter so_far) {
  watched_.push_back({std::move(so_far), {}, {std::move(stage), {}, 0}});
}

void StepTraffic::begin() {
  if (std::exchange(in_step_, true)) return;
  before_ = queue_.traffic();
  for (auto& one : watched_) one.before = one.so_far();
}

void StepTraffic::step() {
  ++steps_;
  if (in_step_) settle();
}

void StepTraffic::end() {
  if (std::exchange(in_step_, false)) settle();
}

void StepTraffic::settle() {
  const auto now = queue_.traffic();
  auto rest = now - std::exchange(before_, now);
  sum_ += rest;
  for (auto& one : watched_) {
    const auto so_far = one.so_far();
    const auto more = so_far - std::exchange(one.before, so_far);
    add(one.sum, more);
    rest = rest - more;
  }
  add(of_rest_, rest);
}

void StepTraffic::add(StageTraffic& to, const compute::Traffic& more) {
  to.traffic += more;
  if (more.down > 0 || more.waits > 0) ++to.steps;
}

TrainingTraffic StepTraffic::sums() const {
  TrainingTraffic out{steps_, sum_, {}};
  const auto name = [&](const StageTraffic& one) {
    if (one.steps > 0) out.stages.push_back(one);
  };
  for (const auto& one : watched_) name(one.sum);
  name(of_rest_);
  return out;
}

}  // namespace steppe::run
