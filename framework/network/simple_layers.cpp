// Layers without trainable values: activations, sums of branches, fitted standardisation.
#include "framework/network/operations.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::network {

namespace {

class Activated final : public Layer {
 public:
  Activated(compute::Activation kind, float slope) : kind_{kind}, slope_{slope} {}

  void forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
               const Tensor& y) const override {
    pass.queue.activate(kind_, slope_, x[0], y);
  }

  void backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                const Gradients& gradients) const override {
    if (gradients.dx[0])
      pass.queue.activate_backward(kind_, slope_, x[0], gradients.dy, gradients.dx[0]);
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                       const Direction& direction, const Tensor& y_tangent) const override {
    pass.queue.activate_backward(kind_, slope_, x[0], direction.x[0], y_tangent);
  }

  void tangent_backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                        const Direction& direction, const Tensor& dy,
                        const Gradients& tangents) const override {
    if (!direction.x[0]) return backward(pass, kept, x, tangents);
    if (tangents.dx[0])
      pass.queue.activate_second(kind_, slope_, x[0], direction.x[0], dy, tangents.dy,
                                 tangents.dx[0]);
  }

 private:
  compute::Activation kind_;
  float slope_;
};

/// A layer that is linear in x, so its gradient moves as its gradient is made.
class LinearLayer : public Layer {
 public:
  void tangent_backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                        const Direction&, const Tensor&, const Gradients& tangents) const override {
    backward(pass, kept, x, tangents);
  }
};

/// y = a + b: where branches meet again.
class Add final : public LinearLayer {
 public:
  void forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
               const Tensor& y) const override {
    pass.queue.copy(x[0], y);
    pass.queue.axpy(1.0F, x[1], y);
  }

  void backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor>,
                const Gradients& gradients) const override {
    for (const Tensor& dx : gradients.dx)
      if (dx) pass.queue.copy(gradients.dy, dx);
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor>,
                       const Direction& direction, const Tensor& y_tangent) const override {
    const Tensor &a = direction.x[0], &b = direction.x[1];
    pass.queue.copy(a ? a : b, y_tangent);
    if (a && b) pass.queue.axpy(1.0F, b, y_tangent);
  }
};

/// y = (x - mean) factor, with a fit that training does not touch.
class Standardise final : public LinearLayer {
 public:
  explicit Standardise(const Site& site)
      : mean_{site.buffers.add(site.node.name + ".mean", 1, site.input_columns)},
        factor_{site.buffers.add(site.node.name + ".factor", 1, site.input_columns)} {}

  bool fitted() const override { return true; }

  void initialise(Queue& queue, compute::RandomKey, const Tensor&,
                  const Tensor& buffers) const override {
    queue.fill(buffers.segment(mean_), 0.0F);
    queue.fill(buffers.segment(factor_), 1.0F);
  }

  void set_fitted(Queue& queue, const Tensor& buffers, const Fitted& fit) const override {
    const auto put = [&](std::span<const float> values, std::size_t segment) {
      const compute::Mapped row{queue, buffers.segment(segment)};
      if (values.size() != row->columns)
        throw GraphError{fmt::format("a fit of {} columns was given to a model of {}",
                                     values.size(), row->columns)};
      std::ranges::copy(values, row->data);
    };
    put(fit.mean, mean_);
    put(fit.factor, factor_);
  }

  void forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
               const Tensor& y) const override {
    pass.queue.standardise(x[0], pass.buffers.segment(mean_), pass.buffers.segment(factor_), y);
  }

  void backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor>,
                const Gradients& gradients) const override {
    if (gradients.dx[0]) multiply_by_factor(pass, gradients.dy, gradients.dx[0]);
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor>,
                       const Direction& direction, const Tensor& y_tangent) const override {
    multiply_by_factor(pass, direction.x[0], y_tangent);
  }

 private:
  void multiply_by_factor(const Pass& pass, const Tensor& from, const Tensor& to) const {
    pass.queue.copy(from, to);
    pass.queue.multiply(pass.buffers.segment(factor_), to);
  }

  std::size_t mean_, factor_;
};

}  // namespace

std::unique_ptr<Layer> make_activation(compute::Activation kind, float slope) {
  return std::make_unique<Activated>(kind, slope);
}

std::unique_ptr<Layer> make_add() { return std::make_unique<Add>(); }

std::unique_ptr<Layer> make_standardise(const Site& site) {
  return std::make_unique<Standardise>(site);
}

}  // namespace steppe::network
