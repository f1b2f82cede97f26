// Affine layer: y = x W + b, with W stored inputs x units.
#include "framework/network/operations.hpp"

#include <steppe/random.hpp>

#include <cmath>
#include <numeric>

namespace steppe::network {

namespace {

using compute::Transpose;

class Dense final : public Layer {
 public:
  explicit Dense(const Site& site)
      : name_{site.node.name},
        products_{std::uint64_t{site.input_columns} * site.node.columns},
        weight_{site.weights.add(name_ + ".weight", site.input_columns, site.node.columns)} {
    if (attribute<bool>(site.node, "bias"))
      bias_ = site.weights.add(name_ + ".bias", 1, site.node.columns);
  }

  bool has_weights() const override { return true; }
  bool linear() const override { return true; }
  std::optional<std::size_t> leave_row() override {
    leaves_bias_ = true;
    return bias_;
  }
  std::uint64_t products() const override { return products_; }

  // PyTorch's default, for W and b alike: U(-1/sqrt(inputs), 1/sqrt(inputs)).
  void initialise(Queue& queue, compute::RandomKey key, const Tensor& weights,
                  const Tensor&) const override {
    const Tensor weight = weights.segment(weight_);
    const float bound = 1.0F / std::sqrt(static_cast<float>(weight.rows));
    const auto draw = [&](std::size_t segment) {
      const Tensor values = weights.segment(segment);
      std::vector<std::uint64_t> rows(values.rows);
      std::iota(rows.begin(), rows.end(), std::uint64_t{0});
      const std::string& name = (*weights.segments)[segment].name;
      queue.uniform({key.key, stream_key(key.stream, name)}, rows, -bound, bound, values);
    };
    draw(weight_);
    if (bias_) draw(*bias_);
  }

  void forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
               const Tensor& y) const override {
    pass.queue.matmul(x[0], pass.weights.segment(weight_), y, Transpose::none,
                      {.precision = pass.precision});
    if (bias_ && !leaves_bias_) pass.queue.add_row(pass.weights.segment(*bias_), y);
  }

  void backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                const Gradients& gradients) const override {
    if (gradients.weights) {
      pass.queue.matmul(x[0], gradients.dy, gradients.weights.segment(weight_), Transpose::first,
                        {.precision = pass.precision});
      if (bias_) bias_gradient(pass.queue, gradients, gradients.weights.segment(*bias_));
    }
    if (gradients.dx[0])
      pass.queue.matmul(gradients.dy, pass.weights.segment(weight_), gradients.dx[0],
                        Transpose::second, {.precision = pass.precision});
  }

  // y' = x' W + x W' + b'
  void tangent_forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                       const Direction& direction, const Tensor& y_tangent) const override {
    const Tensor& moved = direction.x[0];
    if (moved) pass.queue.matmul(moved, pass.weights.segment(weight_), y_tangent, Transpose::none);
    if (!direction.weights) return;
    pass.queue.matmul(x[0], direction.weights.segment(weight_), y_tangent, Transpose::none,
                      {.accumulate = bool{moved}});
    if (bias_) pass.queue.add_row(direction.weights.segment(*bias_), y_tangent);
  }

  // dW' = x^T dy' + x'^T dy, dx' = dy' W^T + dy W'^T
  void tangent_backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                        const Direction& direction, const Tensor& dy,
                        const Gradients& tangents) const override {
    backward(pass, kept, x, tangents);
    if (tangents.weights && direction.x[0])
      pass.queue.matmul(direction.x[0], dy, tangents.weights.segment(weight_), Transpose::first,
                        {.accumulate = true});
    if (tangents.dx[0] && direction.weights)
      pass.queue.matmul(dy, direction.weights.segment(weight_), tangents.dx[0], Transpose::second,
                        {.accumulate = true});
  }

 private:
  // A bias in front of batch normalisation has no effect, so its gradient is zero; the sum would
  // be rounding noise, which Adam blows up to full steps.
  static void bias_gradient(Queue& queue, const Gradients& gradients, const Tensor& to) {
    if (gradients.centred) {
      queue.fill(to, 0.0F);
    } else {
      queue.column_sums(gradients.dy, to);
    }
  }

  std::string name_;
  std::uint64_t products_;
  std::size_t weight_;
  std::optional<std::size_t> bias_;
  bool leaves_bias_ = false;
};

}  // namespace

std::unique_ptr<Layer> make_dense(const Site& site) { return std::make_unique<Dense>(site); }

}  // namespace steppe::network
