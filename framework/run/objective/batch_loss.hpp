// Forward, loss and gradients of one batch: what a training step and an attack both need.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/data/batches.hpp"
#include "framework/network/network.hpp"

#include <steppe/abi.h>

#include <optional>
#include <vector>

namespace steppe::run {

/// Where in weight space: the weights and the statistics that go with them.
struct WeightPoint {
  compute::Tensor weights, buffers;
};

/// What every pass on this batch may be told.
network::Context context_of(const network::Network& network, data::Batch& batch);

class BatchLoss {
 public:
  /// Room for `capacity` rows; the loss is the network's. `network` and `queue` outlive this
  /// object.
  BatchLoss(const network::Network& network, compute::Queue& queue, std::size_t capacity);

  /// Whose rows the next passes are given; again after every `load`. `random`: the passes belong to
  /// a training step, and draw from there.
  void set_events(data::Batch& batch, std::optional<compute::RandomKey> random = {});

  /// Outputs and, per row, the loss of the batch (or the output itself, of several that of the
  /// event's own class). `labels` stay as they are until the last call that builds on this one.
  /// `precision`: also of the gradients that follow.
  void forward(const WeightPoint& at, const compute::Tensor& inputs, const compute::Tensor& labels,
               steppe_quantity quantity, network::Mode mode,
               compute::Precision precision = compute::Precision::f32);

  /// Of all passes so far.
  const network::Work& work() const { return passes_.work(); }
  /// Which segments of the weights count from now on (`network::Passes::restrict_weights`).
  void restrict_weights(const std::vector<bool>& segments) { passes_.restrict_weights(segments); }

  // After `forward`.
  /// rows x 1
  const compute::Tensor& values() const { return values_; }
  /// rows x 1
  const compute::Tensor& logits() const { return logits_; }
  /// What the last dense layer was given, rows x its inputs. @throws network::GraphError when the
  /// network does not end in one.
  compute::Tensor last_inputs() const { return passes_.last_inputs(); }
  /// to[0,0] <- weighted mean of the values
  void mean(const compute::Tensor& event_weights, const compute::Tensor& to);
  /// Gradient of the weighted mean with respect to the weights.
  void weight_gradient(const compute::Tensor& event_weights, const compute::Tensor& to);
  /// Gradient of the sum of the values with respect to the inputs: row r belongs to event r. (With
  /// batch statistics an event also has a small part in the other events' values.)
  void input_gradient(const compute::Tensor& to);

  // Products with Hessians are exact, by the tangents of both passes. The first after a `forward`
  // makes ready what they share; more directions at the same place cost the tangents alone, as long
  // as nothing else is asked for in between.
  /// Hessian of the weighted mean with respect to the weights, times `direction` (flat).
  /// `event_weights` are those of the first product.
  void weight_hessian(const compute::Tensor& event_weights, const compute::Tensor& direction,
                      const compute::Tensor& to);
  /// Hessian of the sum of the values with respect to the inputs, times `direction`.
  void input_hessian(const compute::Tensor& direction, const compute::Tensor& to);

 private:
  /// Which Hessian the passes are ready for.
  enum class Curvature { none, of_weights, of_inputs };
  /// Share of each event in the weighted mean.
  compute::Tensor shares(const compute::Tensor& event_weights);
  /// The tangent of the logit gradient where the logits move by `logits_tangent`.
  compute::Tensor logit_gradient_tangent(const compute::Tensor& logits_tangent);
  /// The logit gradient of the weighted mean, where `share` is each event's part.
  compute::Tensor weighted_logit_gradient(const compute::Tensor& share);

  const network::Network& network_;
  const network::Loss& loss_;
  compute::Queue& queue_;
  network::Passes passes_;
  network::Context context_;
  compute::Tensor values_all_, logit_gradient_all_, weighted_all_, shares_all_;
  compute::Tensor values_, logit_gradient_, logits_, labels_;
  compute::Tensor tangent_all_;  ///< made when a Hessian is first asked for
  Curvature ready_for_ = Curvature::none;
  steppe_quantity quantity_ = STEPPE_LOSS;
  WeightPoint at_;
};

}  // namespace steppe::run
