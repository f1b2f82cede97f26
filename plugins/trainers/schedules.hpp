// What changes during a training as a function of its progress alone, so that nothing has to be
// remembered from step to step: the learning rate's factor and the attacked part of a batch.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace steppe::schedules {

enum class Kind { constant, cosine, step, one_cycle };

/// Half a cosine from `from` at 0 to `to` at 1.
inline double cosine(double from, double to, double progress) {
  return to + (from - to) * (1.0 + std::cos(std::numbers::pi * progress)) / 2.0;
}

/// Rises from 1/25 to 1 in the first 30 %, then falls to 1/250000 (Smith and Topin,
/// arXiv:1708.07120, with the cosines and numbers of PyTorch; momentum stays as it is).
inline double one_cycle(double progress) {
  constexpr double rise = 0.3, start = 1.0 / 25.0, end = start / 1e4;
  return progress < rise ? cosine(start, 1.0, progress / rise)
                         : cosine(1.0, end, (progress - rise) / (1.0 - rise));
}

/// How the learning rate goes.
struct LearningRate {
  Kind kind = Kind::constant;
  std::uint64_t warm_up = 0;      ///< steps; linear from 0 at the first step
  double decay = 0.1;             ///< `step`: factor ...
  std::uint64_t decay_every = 1;  ///< ... after every so many epochs
};

/// The factor of step `step` (from 0) of `steps`, in epoch `epoch` (from 0).
inline double factor(const LearningRate& rate, std::uint64_t step, std::uint64_t steps,
                     std::uint64_t epoch) {
  if (step < rate.warm_up)
    return static_cast<double>(step) / static_cast<double>(rate.warm_up) *
           factor({rate.kind, 0, rate.decay, rate.decay_every}, 0, steps, epoch);
  const auto passed = static_cast<double>(step - rate.warm_up);
  const double progress = steps > rate.warm_up
                              ? std::min(1.0, passed / static_cast<double>(steps - rate.warm_up))
                              : 1.0;
  switch (rate.kind) {
    case Kind::cosine:
      return cosine(1.0, 0.0, progress);
    case Kind::one_cycle:
      return one_cycle(progress);
    case Kind::step:
      return std::pow(rate.decay, static_cast<double>(epoch / rate.decay_every));
    case Kind::constant:
      break;
  }
  return 1.0;
}

/// Part of a batch that is attacked at an epoch: 0 up to `from`, then linear to `most` within
/// `ramp` epochs.
inline double attacked_fraction(double most, std::uint64_t epoch, std::uint64_t from,
                                std::uint64_t ramp) {
  if (epoch < from) return 0.0;
  if (epoch - from >= ramp) return most;
  return most * static_cast<double>(epoch - from) / static_cast<double>(ramp);
}

}  // namespace steppe::schedules
