// One operation of a graph made ready: where its values lie and what it does in each pass.
//
// A layer holds no tensors of its own and is shared by everything that runs its network; what a
// pass must remember lives in the `kept` tensors of that pass.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/network/network.hpp"

#include <optional>
#include <span>
#include <vector>

namespace steppe::network {

/// What every layer of a pass sees.
struct Pass {
  Queue& queue;
  const Tensor& weights;  ///< flat, laid out by `Network::weights`
  const Tensor& buffers;  ///< flat, laid out by `Network::buffers`
  Mode mode;
  const Context& context;
  /// Of products with weights, and of those that make weights' gradients.
  compute::Precision precision = compute::Precision::f32;
};

/// What a backward pass hands to one layer.
struct Gradients {
  Tensor dy;
  /// Every column of dy sums to zero in exact arithmetic: what is left is rounding.
  bool centred = false;
  /// One an input, overwritten; empty where not asked for.
  std::span<const Tensor> dx;
  /// Flat, like the weights: the layer overwrites its segments. Empty when not asked for.
  Tensor weights;
};

/// The direction in which tangent passes differentiate.
struct Direction {
  Tensor weights;             ///< flat, like the weights; empty when they do not move
  std::span<const Tensor> x;  ///< one an input; empty where it does not move
};

class Layer {
 public:
  virtual ~Layer() = default;

  virtual bool has_weights() const { return false; }
  /// Whether, weights held, dx depends on dy alone: how it moves is then known without dy.
  virtual bool linear() const { return false; }
  // Two layers that share a sweep: the row of the weights that one adds to its result last (a bias)
  // can be added by the one layer that reads it, which goes over the same values anyway. The
  // network asks both when it is made.
  /// Leaves its row to the reader: `forward` adds it no more. @returns the row's segment, if it has
  /// one.
  virtual std::optional<std::size_t> leave_row() { return {}; }
  virtual bool can_add_row() const { return false; }
  /// From now on `forward` adds this row of the weights to x[0], in place, before anything else.
  virtual void add_row(std::size_t /*segment*/) {}

  /// Whether the gradient this layer hands down sums to zero over the rows.
  virtual bool centres_gradient(Mode) const { return false; }
  /// Tensors that carry something from forward to backward, for passes of at most `rows` rows.
  virtual std::vector<Tensor> keep(Queue&, std::size_t /*rows*/) const { return {}; }
  /// Fills the layer's segments with the values training starts from.
  virtual void initialise(Queue&, compute::RandomKey, const Tensor& /*weights*/,
                          const Tensor& /*buffers*/) const {}
  /// Puts a fit into its segments; only layers that are fitted have one.
  virtual void set_fitted(Queue&, const Tensor& /*buffers*/, const Fitted&) const {}
  virtual bool fitted() const { return false; }
  /// Whether its fit and its passes leave empty slots out.
  virtual bool asks_filled() const { return false; }
  /// Products with weights in the forward pass of a row. The gradient of the weights takes as many,
  /// and so does that of the input.
  virtual std::uint64_t products() const { return 0; }
  /// Its segments of the buffers that batches are averaged in.
  virtual std::vector<std::size_t> statistics() const { return {}; }

  virtual void forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                       const Tensor& y) const = 0;
  virtual void backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                        const Gradients& gradients) const = 0;

  /// How y moves; called only when something does. `y_tangent` is overwritten.
  virtual void tangent_forward(const Pass& pass, std::span<const Tensor> kept,
                               std::span<const Tensor> x, const Direction& direction,
                               const Tensor& y_tangent) const = 0;
  /// How what `backward` made of `dy` moves: `tangents` is a backward pass's, of dy'.
  virtual void tangent_backward(const Pass& pass, std::span<const Tensor> kept,
                                std::span<const Tensor> x, const Direction& direction,
                                const Tensor& dy, const Gradients& tangents) const = 0;
};

/// A layer that is linear in x, so its gradient moves as its gradient is made.
class LinearLayer : public Layer {
 public:
  bool linear() const override { return true; }
  void tangent_backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                        const Direction&, const Tensor&, const Gradients& tangents) const override {
    backward(pass, kept, x, tangents);
  }
};

}  // namespace steppe::network
