// Layer normalisation with PyTorch's conventions; the formulas are in the compute floor.
#include "framework/network/operations.hpp"

namespace steppe::network {

namespace {

class LayerNorm final : public Layer {
 public:
  explicit LayerNorm(const Site& site)
      : epsilon_{static_cast<float>(attribute<double>(site.node, "epsilon"))},
        gamma_{site.weights.add(site.node.name + ".gamma", 1, site.node.columns)},
        beta_{site.weights.add(site.node.name + ".beta", 1, site.node.columns)} {}

  bool has_weights() const override { return true; }

  void initialise(Queue& queue, compute::RandomKey, const Tensor& weights,
                  const Tensor&) const override {
    queue.fill(weights.segment(gamma_), 1.0F);
    queue.fill(weights.segment(beta_), 0.0F);
  }

  void forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
               const Tensor& y) const override {
    pass.queue.layer_norm(operands(pass), x[0], y);
  }

  void backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                const Gradients& gradients) const override {
    pass.queue.layer_norm_backward(operands(pass), x[0], gradients.dy, gradients.dx[0],
                                   segment_or_none(gradients.weights, gamma_),
                                   segment_or_none(gradients.weights, beta_));
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                       const Direction& direction, const Tensor& y_tangent) const override {
    pass.queue.layer_norm_tangent(operands(pass), moved(direction), x[0], y_tangent);
  }

  void tangent_backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                        const Direction& direction, const Tensor& dy,
                        const Gradients& tangents) const override {
    pass.queue.layer_norm_backward_tangent(
        operands(pass), moved(direction), x[0],
        {dy, tangents.dy, tangents.dx[0], segment_or_none(tangents.weights, gamma_),
         segment_or_none(tangents.weights, beta_)});
  }

 private:
  Queue::LayerNorm operands(const Pass& pass) const {
    return {pass.weights.segment(gamma_), pass.weights.segment(beta_), epsilon_};
  }

  Queue::NormTangent moved(const Direction& direction) const {
    return {direction.x[0], segment_or_none(direction.weights, gamma_),
            segment_or_none(direction.weights, beta_)};
  }

  float epsilon_;
  std::size_t gamma_, beta_;
};

}  // namespace

std::unique_ptr<Layer> make_layer_norm(const Site& site) {
  return std::make_unique<LayerNorm>(site);
}

}  // namespace steppe::network
