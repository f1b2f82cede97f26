// Batch normalisation with PyTorch's conventions; the formulas are in the compute floor.
#include "framework/network/operations.hpp"

namespace steppe::network {

namespace {

class BatchNorm final : public Layer {
 public:
  explicit BatchNorm(const Site& site)
      : columns_{site.node.columns},
        epsilon_{static_cast<float>(attribute<double>(site.node, "epsilon"))},
        momentum_{static_cast<float>(attribute<double>(site.node, "momentum"))} {
    const std::string& name = site.node.name;
    gamma_ = site.weights.add(name + ".gamma", 1, columns_);
    beta_ = site.weights.add(name + ".beta", 1, columns_);
    mean_ = site.buffers.add(name + ".running_mean", 1, columns_);
    variance_ = site.buffers.add(name + ".running_variance", 1, columns_);
  }

  bool has_weights() const override { return true; }
  bool centres_gradient(Mode mode) const override { return mode != Mode::inference; }

  std::vector<std::size_t> statistics() const override { return {mean_, variance_}; }

  std::vector<Tensor> keep(Queue& queue, std::size_t) const override {
    return {queue.matrix(1, columns_), queue.matrix(1, columns_)};
  }

  void initialise(Queue& queue, compute::RandomKey, const Tensor& weights,
                  const Tensor& buffers) const override {
    queue.fill(weights.segment(gamma_), 1.0F);
    queue.fill(weights.segment(beta_), 0.0F);
    queue.fill(buffers.segment(mean_), 0.0F);
    queue.fill(buffers.segment(variance_), 1.0F);
  }

  void forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
               const Tensor& y) const override {
    const Queue::BatchNorm norm = operands(pass, kept);
    if (pass.mode == Mode::inference) {
      pass.queue.batch_norm_inference(norm, x[0], y);
    } else {
      pass.queue.batch_norm_train(norm, pass.mode != Mode::train_frozen, x[0], y);
    }
  }

  void backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                const Gradients& gradients) const override {
    const Tensor& flat = gradients.weights;
    pass.queue.batch_norm_backward(operands(pass, kept), pass.mode != Mode::inference, x[0],
                                   gradients.dy, gradients.dx[0], segment_or_none(flat, gamma_),
                                   segment_or_none(flat, beta_));
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                       const Direction& direction, const Tensor& y_tangent) const override {
    pass.queue.batch_norm_tangent(operands(pass, kept), moved(direction),
                                  pass.mode != Mode::inference, x[0], y_tangent);
  }

  void tangent_backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                        const Direction& direction, const Tensor& dy,
                        const Gradients& tangents) const override {
    pass.queue.batch_norm_backward_tangent(
        operands(pass, kept), moved(direction), pass.mode != Mode::inference, x[0],
        {dy, tangents.dy, tangents.dx[0], segment_or_none(tangents.weights, gamma_),
         segment_or_none(tangents.weights, beta_)});
  }

 private:
  Queue::NormTangent moved(const Direction& direction) const {
    return {direction.x[0], segment_or_none(direction.weights, gamma_),
            segment_or_none(direction.weights, beta_)};
  }

  Queue::BatchNorm operands(const Pass& pass, std::span<const Tensor> kept) const {
    return {pass.weights.segment(gamma_),
            pass.weights.segment(beta_),
            pass.buffers.segment(mean_),
            pass.buffers.segment(variance_),
            kept[0],
            kept[1],
            epsilon_,
            pass.mode == Mode::renew ? 1.0F / static_cast<float>(pass.context.batch) : momentum_};
  }

  std::size_t columns_;
  float epsilon_, momentum_;
  std::size_t gamma_, beta_, mean_, variance_;
};

}  // namespace

std::unique_ptr<Layer> make_batch_norm(const Site& site) {
  return std::make_unique<BatchNorm>(site);
}

}  // namespace steppe::network
