// A graph made ready to run: where its weights lie, how they start, and its passes.
//
// The network owns no weights. Weights, gradients and BatchNorm statistics are flat buffers passed
// to every pass, so moving to a point in weight space is passing another buffer.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/network/graph.hpp"
#include "framework/network/loss.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace steppe::network {

/// How layers that know several modes behave.
enum class Mode {
  train,         ///< BatchNorm: batch statistics, running ones updated; so are running moments
  train_frozen,  ///< BatchNorm: batch statistics, running ones left alone
  inference,     ///< BatchNorm: running statistics
  renew,         ///< BatchNorm: batch statistics, running ones their mean over `Context::batch`
};

/// What a forward pass may be told beside its operands, for the layers that ask.
struct Context {
  /// Random numbers of a training step: all its passes draw the same. `dropout` drops nothing in
  /// inference, nor where `row_ids` is empty.
  compute::RandomKey random;
  std::span<const std::uint64_t> row_ids;  ///< event ids, one a row
  /// Like the inputs: 0 in empty slots, 1 elsewhere. Unchanged until the last pass on the batch.
  Tensor filled;
  std::size_t batch = 1;  ///< Mode::renew: which one it is, counted from 1
  /// Of the products of dense layers, in the backward pass too; tangents are always f32. In `bf16`
  /// layers that read events (no weights come before them) take them in two terms: the step of an
  /// attack, 0.0025 and less, is lost between two bfloat16 numbers at 1.5, which are 0.0078 apart.
  compute::Precision precision = compute::Precision::f32;
};

/// What a backward pass is asked for; nothing else is computed.
struct Need {
  bool weights = false;
  bool inputs = false;
};

/// What passes did: their number, and the floating-point operations of their products.
struct Work {
  std::uint64_t forward = 0, backward = 0;
  std::uint64_t flops = 0;
};

/// What layers fit to the training data before the first step (`standardise`): one row each.
struct Fitted {
  std::span<const float> mean;
  std::span<const float> factor;  ///< 1 / standard deviation; 1 where a column does not vary
};

/// Whether layers share sweeps over the same values. The bits are the same; `single` is there to
/// show it.
enum class Sweeps { shared, single };

class Network {
 public:
  /// @throws GraphError when the graph's output has not the columns that the loss needs.
  explicit Network(Graph graph, Loss loss = {}, Sweeps sweeps = Sweeps::shared);
  ~Network();

  const Graph& graph() const { return graph_; }
  /// What its output means, and what it is trained to make small.
  const Loss& loss() const { return loss_; }
  /// Trainable values, in the order of the graph: `dense_0.weight` (inputs x units),
  /// `dense_0.bias`, `batch_norm_0.gamma`, `batch_norm_0.beta`, ...
  const std::shared_ptr<const compute::SegmentTable>& weights() const { return weights_; }
  /// Values that are not trained: running statistics, fitted preprocessing.
  const std::shared_ptr<const compute::SegmentTable>& buffers() const { return buffers_; }

  /// PyTorch's defaults: dense W, b ~ U(-1/sqrt(inputs), 1/sqrt(inputs)); gamma 1, beta 0;
  /// running mean 0, variance 1.
  void initialise(Queue& queue, compute::RandomKey key, const Tensor& weights,
                  const Tensor& buffers) const;
  /// Puts a fit into the `standardise` layer. @throws GraphError when there is none.
  void set_fitted(Queue& queue, const Tensor& buffers, const Fitted& fitted) const;
  /// Whether a `standardise` layer waits for a fit.
  bool needs_fit() const;
  /// Whether the output is piecewise linear in the input, statistics held: no operation between
  /// them curves.
  bool piecewise_linear() const;
  /// Whether that fit is over filled slots alone, and passes need `Context::filled`.
  bool needs_filled() const;
  /// Which segments of the buffers are statistics of batch normalisation: those `Mode::renew` makes
  /// anew.
  std::vector<std::size_t> statistics() const;

  // Floating-point operations that a pass needs for one row: two, a multiplication and an addition,
  // for each product with a weight. What else layers do counts as nothing, and so do the layers
  // that plugins bring. (flops.cpp)
  std::uint64_t forward_flops() const;
  std::uint64_t backward_flops(Need need) const;

 private:
  friend class Passes;
  struct Layers;
  static void share_sweeps(const Graph& graph, Layers& plan);

  Graph graph_;
  Loss loss_;
  std::shared_ptr<const compute::SegmentTable> weights_, buffers_;
  std::unique_ptr<Layers> layers_;
};

/// The passes of one network on one queue: activations for up to `rows` rows, allocated once.
class Passes {
 public:
  Passes(const Network& network, Queue& queue, std::size_t rows);
  ~Passes();

  /// @returns the outputs (logits), rows x outputs, valid until the next forward.
  /// @throws GraphError for inputs that do not fit, and where a layer misses something in `context`
  Tensor forward(const Tensor& weights, const Tensor& buffers, const Tensor& inputs, Mode mode,
                 const Context& context = {});

  /// After `forward`: what the dense layer that gives the outputs was given, rows x its inputs,
  /// valid until the next one. @throws GraphError when another operation gives them.
  Tensor last_inputs() const;

  /// After `forward` with the same operands. `logit_gradient` is rows x outputs.
  /// `weight_gradient` (flat) is overwritten, padding zero; `input_gradient` is overwritten.
  /// Tensors not needed may be empty.
  void backward(const Tensor& weights, const Tensor& buffers, const Tensor& logit_gradient,
                Need need, const Tensor& weight_gradient, const Tensor& input_gradient);

  /// Of all forward and backward passes so far; those of tangents do not count, and weights that
  /// `restrict_weights` leaves out do.
  const Work& work() const;

  /// From now on only these segments of the weights count, one entry each: gradients and products
  /// are zero elsewhere, and so are directions. What lies below all of them is not walked.
  void restrict_weights(const std::vector<bool>& segments);

  // Exact Hessian-vector products (the R-operator of Pearlmutter, Neural Computation 6 (1994) 147):
  // forward, tangent_forward, backward, tangent_backward, all with the same operands. For more
  // directions at the same place the two tangent passes are enough. Memory for tangents is
  // allocated when they are first asked for. Running statistics do not move.

  /// After `forward`. `weight_direction` is flat, `input_direction` has the shape of the inputs;
  /// either may be empty: that operand stands still.
  /// @returns the directional derivative of the logits, rows x outputs, valid until the next one.
  /// @throws GraphError before the first forward pass or for a direction that does not fit
  Tensor tangent_forward(const Tensor& weights, const Tensor& buffers,
                         const Tensor& weight_direction, const Tensor& input_direction);

  /// After `forward`, instead of `backward` where its results are of no use: the gradients between
  /// the layers that `tangent_backward` builds on, and not those at the weights and the inputs.
  /// Asked for inputs alone, weights stand still in the tangents.
  void backward_for_tangents(const Tensor& weights, const Tensor& buffers,
                             const Tensor& logit_gradient, Need need);

  /// After `tangent_forward` and `backward`: how what `backward` gave moves in that direction, when
  /// the logit gradient itself moves by `logit_gradient_tangent`. With a loss's tangent there, that
  /// is the loss's Hessian times the direction: `weight_result` (flat) and `input_result` are
  /// overwritten, and those not needed may be empty. Needs nothing `backward` was not asked for.
  /// @throws GraphError when one of those passes is missing
  void tangent_backward(const Tensor& weights, const Tensor& buffers,
                        const Tensor& weight_direction, const Tensor& logit_gradient,
                        const Tensor& logit_gradient_tangent, Need need,
                        const Tensor& weight_result, const Tensor& input_result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steppe::network
