#include "framework/run/objective/sigma_scale.hpp"

namespace steppe::run {

SigmaScale::SigmaScale(compute::Queue& queue, const std::vector<float>& deviations,
                       std::size_t capacity)
    : queue_{queue},
      sigma_{queue.matrix(1, deviations.size())},
      inverse_{queue.matrix(1, deviations.size())},
      point_{queue.matrix(capacity, deviations.size())},
      start_{queue.matrix(capacity, deviations.size())},
      shift_{queue.matrix(capacity, deviations.size())} {
  const compute::Mapped sigma{queue, sigma_};
  const compute::Mapped inverse{queue, inverse_};
  for (std::size_t c = 0; c < deviations.size(); ++c) {
    sigma->row(0)[c] = deviations[c];
    inverse->row(0)[c] = deviations[c] > 0 ? 1.0F / deviations[c] : 1.0F;
  }
}

compute::Tensor SigmaScale::begin(const compute::Tensor& events) {
  const auto start = start_.head(events.rows);
  const auto point = point_.head(events.rows);
  queue_.copy(events, start);
  queue_.multiply(inverse_, start);
  queue_.copy(start, point);
  return point;
}

void SigmaScale::to_events(const compute::Tensor& u, const compute::Tensor& events,
                           const compute::Tensor& to) {
  const auto shift = shift_.head(u.rows);
  queue_.copy(u, shift);
  queue_.axpy(-1.0F, start_.head(u.rows), shift);
  queue_.multiply(sigma_, shift);
  queue_.copy(events, to);
  queue_.axpy(1.0F, shift, to);
  // x + 0 would lose the sign of a zero.
  queue_.sign(shift, shift);
  queue_.restore(shift, events, to);
}

void SigmaScale::add_shift(const compute::Tensor& shift, const compute::Tensor& u) {
  queue_.multiply(inverse_, shift);
  queue_.axpy(1.0F, shift, u);
}

}  // namespace steppe::run
