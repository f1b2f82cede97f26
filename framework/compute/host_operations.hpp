// The operations of a queue on memory the host can reach, written once for `cpu` and `far`.
//
// Contracts are those of `Queue` (device.hpp); shapes have been checked. Arrays are called in the
// order of the queue's parameters.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/compute/growing_memory.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace steppe::compute::host {

/// Room for partial results; one a queue, so that a steady state allocates nothing.
struct Scratch {
  std::vector<double> doubles;
  std::vector<double> means;  ///< of columns, while squares around them are summed in `doubles`
  std::vector<float> floats;
  GrowingMemory terms;
};

// --- host_elementwise.cpp ---
void gather(HostMatrix from, std::span<const std::uint32_t> rows, const View& to);
void copy(const View& from, const View& to);
void fill(const View& to, float value);
void axpy(float a, const View& x, const View& y);
void axpby(float a, const View& x, float b, const View& y);
void axpby_square(float a, const View& x, float b, const View& y);
void scale(float a, const View& y);
void multiply(const View& x, const View& y);
void sign(const View& x, const View& y);
void clamp(float low, float high, const View& y);
void clamp_around(const View& centre, float radius, const View& y);
void restore(const View& mask, const View& x, const View& y);
void adaptive_step(float a, const View& m, float b, const View& v, float epsilon, const View& w);
void adam_step(const Queue::AdamStep& step, const View& gradient, const View& mean,
               const View& square, const View& weights);
void signed_step(float a, const View& slope, const View& centre, float radius, const View& y);
void times(const View& x, const View& factor, const View& y);
void add_row(const View& row, const View& y);
void standardise(const View& x, const View& mean, const View& factor, const View& y);

// --- host_random.cpp ---
void uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
             const View& y);
void normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma, const View& y);

// --- host_reductions.cpp ---
double dot(const View& x, const View& y);
void row_norms(const View& x, const View& out);
void row_factors(RowFactor kind, double a, const View& share, const View& x);
void clip(double norm, const View& y);
void column_sums(Scratch& scratch, const View& x, const View& out);
/// The same in double, in the scratch.
const double* column_sums(Scratch& scratch, const View& x);
void weighted_mean(const View& x, const View& weights, const View& out);
void normalise_weights(const View& weights);

// --- host_selection.cpp ---
void choose_smallest(const View& keys, const View& from, std::size_t count, const View& chosen);

// --- host_activations.cpp ---
void activate(Activation kind, float slope, const View& x, const View& y);
void activate_keeping(Activation kind, float slope, const View& row, const View& x, const View& y,
                      const View& derivative);
void activate_backward(Activation kind, float slope, const View& x, const View& dy, const View& dx);
void activate_second(Activation kind, float slope, const View& x, const View& x_tangent,
                     const View& dy, const View& dy_tangent, const View& dx_tangent);

// --- host_losses.cpp ---
void bce_with_logits(const View& logits, const View& labels, const View& values,
                     const View& gradient);
void bce_with_logits_tangent(const View& logits, const View& logits_tangent,
                             const View& gradient_tangent);
void cross_entropy(const View& logits, const View& labels, const View& values,
                   const View& gradient);
void cross_entropy_tangent(const View& logits, const View& logits_tangent,
                           const View& gradient_tangent);
void logit_of_label(const View& logits, const View& labels, const View& values,
                    const View& gradient);
void squared_error(const View& outputs, const View& targets, const View& values,
                   const View& gradient);
void huber(const View& outputs, const View& targets, float delta, const View& values,
           const View& gradient);
void huber_tangent(const View& outputs, const View& targets, float delta,
                   const View& outputs_tangent, const View& gradient_tangent);

// --- host_batch_norm.cpp ---
/// The tensors of `Queue::BatchNorm`, mapped.
struct BatchNorm {
  View gamma, beta, running_mean, running_variance, mean, inverse_deviation;
  float epsilon;
  float momentum;
};
/// Mean and sum of centred squares of each column, in two passes, in double.
struct ColumnMoments {
  const double *mean, *squares;  ///< both in the scratch
};
ColumnMoments column_moments(Scratch& scratch, const View& x);
void batch_norm_train(Scratch& scratch, const BatchNorm& norm, bool update, const View& x,
                      const View& y);
void batch_norm_inference(const BatchNorm& norm, const View& x, const View& y);
void batch_norm_backward(Scratch& scratch, const BatchNorm& norm, bool train, const View& x,
                         const View& dy, const View& dx, const View& dgamma, const View& dbeta);

// --- host_batch_norm_tangent.cpp ---
/// The tensors of `Queue::NormTangent`, mapped.
struct NormTangent {
  View x, gamma, beta;
};
/// The tensors of `Queue::NormGradients`, mapped.
struct NormGradients {
  View dy, dy_tangent, dx_tangent, dgamma_tangent, dbeta_tangent;
};
void batch_norm_tangent(Scratch& scratch, const BatchNorm& norm, const NormTangent& direction,
                        bool train, const View& x, const View& y_tangent);
void batch_norm_backward_tangent(Scratch& scratch, const BatchNorm& norm,
                                 const NormTangent& direction, bool train, const View& x,
                                 const NormGradients& gradients);

// --- host_moments.cpp ---
/// The tensors of `Queue::RunningMoments`, mapped.
struct RunningMoments {
  View mean, variance, factor, rows_seen;
};
void follow_moments(Scratch& scratch, const RunningMoments& moments, std::size_t most_rows,
                    const View& x);

// --- host_layer_norm.cpp ---
/// The tensors of `Queue::LayerNorm`, mapped.
struct LayerNorm {
  View gamma, beta;
  float epsilon;
};
void layer_norm(const LayerNorm& norm, const View& x, const View& y);
void layer_norm_backward(Scratch& scratch, const LayerNorm& norm, const View& x, const View& dy,
                         const View& dx, const View& dgamma, const View& dbeta);
void layer_norm_tangent(Scratch& scratch, const LayerNorm& norm, const NormTangent& direction,
                        const View& x, const View& y_tangent);
void layer_norm_backward_tangent(Scratch& scratch, const LayerNorm& norm,
                                 const NormTangent& direction, const View& x,
                                 const NormGradients& gradients);

}  // namespace steppe::compute::host
