// Counts what goes between host and device in the steps of a training (traffic.hpp).
#pragma once

#include "framework/run/traffic.hpp"

#include <functional>
#include <string>
#include <vector>

namespace steppe::run {

class StepTraffic {
 public:
  using Meter = std::function<compute::Traffic()>;

  explicit StepTraffic(compute::Queue& queue) : queue_{queue} {}

  /// Names what `so_far` counts; what none of the stages has counted is the `rest`'s.
  void watch(std::string stage, Meter so_far);
  void name_rest(std::string stage) { of_rest_.stage = std::move(stage); }
  void watch_nothing() { watched_.clear(); }

  /// A step comes, or goes on.
  void begin();
  /// A step is done.
  void step();
  /// What comes now is no part of a step.
  void end();

  TrainingTraffic sums() const;

 private:
  struct Watched {
    Meter so_far;
    compute::Traffic before;
    StageTraffic sum;
  };
  void settle();
  static void add(StageTraffic& to, const compute::Traffic& more);

  compute::Queue& queue_;
  std::vector<Watched> watched_;
  StageTraffic of_rest_{"the training", {}, 0};
  bool in_step_ = false;
  compute::Traffic before_, sum_;
  std::uint64_t steps_ = 0;
};

}  // namespace steppe::run
