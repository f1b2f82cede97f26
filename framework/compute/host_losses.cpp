// Losses of one row each, their gradients, and how those move.
//
// A confident and right answer must not cancel to noise: what is small is summed from small parts.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/lane_sum.hpp"
#include "framework/compute/spans.hpp"
#include "framework/compute/vector_math.hpp"

#include <limits>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

STEPPE_KERNEL void bce_value(Count n, float* value, const float* logit, const float* label) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float z = logit[i];
    value[i] = ((z > 0.0F ? z : 0.0F) - label[i] * z) + softplus_excess(z);
  }
}

STEPPE_KERNEL void bce_gradient(Count n, float* gradient, const float* logit, const float* label) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const Logistic s = logistic(logit[i]);
    gradient[i] = (1.0F - label[i]) * s.value - label[i] * s.complement;
  }
}

/// The column of a label: n where there is none, so that nothing is read out of range.
inline Count column_of(float label, Count n) {
  Count found = n;
  for (Count c = 0; c < n; ++c) found = static_cast<float>(c) == label ? c : found;
  return found;
}

/// One of the largest logits.
inline Count largest(const float* z, Count n) {
  Count top = 0;
  for (Count c = 1; c < n; ++c) top = z[c] > z[top] ? c : top;
  return top;
}

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// log(sum exp z) - z[y] = (z[top] - z[y]) + log(1 + sum of exp(z - z[top]) over the others).
STEPPE_KERNEL float cross_entropy_value(Count n, const float* z, float label) {
  const Count top = largest(z, n), own = column_of(label, n);
  const double others = lane_sum(n, [=](Count c) {
    return c == top ? 0.0 : static_cast<double>(exp_negative(z[c] - z[top]));
  });
  return (z[top] - (own < n ? z[own] : nan)) + log1p_positive(static_cast<float>(others));
}

/// softmax(z) - (c == y), the own class as minus the sum of the others.
STEPPE_KERNEL void cross_entropy_gradient(Count n, float* gradient, const float* z, float label) {
  const Count top = largest(z, n), own = column_of(label, n);
  const double wrong = lane_sum(n, [=](Count c) {
    return c == own ? 0.0 : static_cast<double>(exp_negative(z[c] - z[top]));
  });
  const double sum = wrong + static_cast<double>(own < n ? exp_negative(z[own] - z[top]) : nan);
  for (Count c = 0; c < n; ++c) {
    const double part = c == own ? -wrong : static_cast<double>(exp_negative(z[c] - z[top]));
    gradient[c] = static_cast<float>(part / sum);
  }
}

/// p[c] (z'[c] - sum_k p[k] z'[k]), with every z' as its distance from that of the largest logit,
/// whose p may be nearly 1.
STEPPE_KERNEL void cross_entropy_moves(Count n, float* gradient_tangent, const float* z,
                                       const float* z_tangent) {
  const Count top = largest(z, n);
  const auto part = [=](Count c) { return static_cast<double>(exp_negative(z[c] - z[top])); };
  const double start = static_cast<double>(z_tangent[top]);
  const auto away = [=](Count c) { return static_cast<double>(z_tangent[c]) - start; };
  const double sum = lane_sum(n, part);
  const double mean = lane_sum(n, [=](Count c) { return part(c) * away(c); }) / sum;
  for (Count c = 0; c < n; ++c)
    gradient_tangent[c] = static_cast<float>(part(c) / sum * (away(c) - mean));
}

STEPPE_KERNEL void squared_error_value(Count n, float* value, const float* z, const float* y) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) value[i] = (z[i] - y[i]) * (z[i] - y[i]);
}

STEPPE_KERNEL void squared_error_gradient(Count n, float* gradient, const float* z,
                                          const float* y) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) gradient[i] = 2.0F * (z[i] - y[i]);
}

STEPPE_KERNEL void huber_value(Count n, float* value, const float* z, const float* y, float delta) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float d = magnitude(z[i] - y[i]);
    value[i] = d < delta ? 0.5F * d * d : delta * (d - 0.5F * delta);
  }
}

STEPPE_KERNEL void huber_gradient(Count n, float* gradient, const float* z, const float* y,
                                  float delta) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float d = z[i] - y[i];
    gradient[i] = d < -delta ? -delta : d > delta ? delta : d;
  }
}

STEPPE_KERNEL void huber_moves(Count n, float* gradient_tangent, const float* z, const float* y,
                               const float* z_tangent, float delta) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i)
    gradient_tangent[i] = magnitude(z[i] - y[i]) < delta ? z_tangent[i] : 0.0F;
}

/// `work(r)` for every row.
template <class Work>
void for_each_row(std::size_t rows, const Work& work) {
  for_each_shard(rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) work(r);
  });
}

}  // namespace

void bce_with_logits(const View& logits, const View& labels, const View& values,
                     const View& gradient) {
  if (values.data) for_each_span(bce_value, values, logits, labels);
  if (gradient.data) for_each_span(bce_gradient, gradient, logits, labels);
}

void bce_with_logits_tangent(const View& logits, const View& logits_tangent,
                             const View& gradient_tangent) {
  // The gradient is sigmoid(z) - y, and y does not move.
  activate_backward(Activation::sigmoid, 0.0F, logits, logits_tangent, gradient_tangent);
}

void cross_entropy(const View& logits, const View& labels, const View& values,
                   const View& gradient) {
  for_each_row(logits.rows, [&](std::size_t r) {
    const float label = *labels.row(r);
    if (values.data) *values.row(r) = cross_entropy_value(logits.columns, logits.row(r), label);
    if (gradient.data)
      cross_entropy_gradient(logits.columns, gradient.row(r), logits.row(r), label);
  });
}

void cross_entropy_tangent(const View& logits, const View& logits_tangent,
                           const View& gradient_tangent) {
  for_each_row(logits.rows, [&](std::size_t r) {
    cross_entropy_moves(logits.columns, gradient_tangent.row(r), logits.row(r),
                        logits_tangent.row(r));
  });
}

void logit_of_label(const View& logits, const View& labels, const View& values,
                    const View& gradient) {
  for_each_row(logits.rows, [&](std::size_t r) {
    const std::size_t own = column_of(*labels.row(r), logits.columns);
    const bool known = own < logits.columns;
    if (values.data) *values.row(r) = known ? logits.row(r)[own] : nan;
    if (gradient.data)
      for (std::size_t c = 0; c < logits.columns; ++c)
        gradient.row(r)[c] = known ? (c == own ? 1.0F : 0.0F) : nan;
  });
}

void squared_error(const View& outputs, const View& targets, const View& values,
                   const View& gradient) {
  if (values.data) for_each_span(squared_error_value, values, outputs, targets);
  if (gradient.data) for_each_span(squared_error_gradient, gradient, outputs, targets);
}

void huber(const View& outputs, const View& targets, float delta, const View& values,
           const View& gradient) {
  const auto with_delta = [delta](auto kernel) {
    return [=](Count n, float* to, const float* z, const float* y) { kernel(n, to, z, y, delta); };
  };
  if (values.data) for_each_span(with_delta(huber_value), values, outputs, targets);
  if (gradient.data) for_each_span(with_delta(huber_gradient), gradient, outputs, targets);
}

void huber_tangent(const View& outputs, const View& targets, float delta,
                   const View& outputs_tangent, const View& gradient_tangent) {
  for_each_span([=](Count n, float* to, auto... from) { huber_moves(n, to, from..., delta); },
                gradient_tangent, outputs, targets, outputs_tangent);
}

}  // namespace steppe::compute::host
