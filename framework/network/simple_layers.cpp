// Activations, sums of branches, dropout.
#include "framework/network/operations.hpp"

#include <steppe/random.hpp>

namespace steppe::network {

namespace {

/// y = f(x). Passes of a training keep f'(x), which costs little once f(x) is known and much
/// without: an exponential and a division.
class Activated final : public Layer {
 public:
  Activated(const Site& site, compute::Activation kind, float slope)
      : columns_{site.node.columns}, kind_{kind}, slope_{slope} {}

  bool can_add_row() const override { return true; }
  void add_row(std::size_t segment) override { row_ = segment; }

  std::vector<Tensor> keep(Queue& queue, std::size_t rows) const override {
    return {queue.matrix(rows, columns_)};
  }

  void forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
               const Tensor& y) const override {
    pass.queue.activate_keeping(kind_, slope_, row_ ? pass.weights.segment(*row_) : Tensor{}, x[0],
                                y, keeps(pass) ? kept[0].head(y.rows) : Tensor{});
  }

  void backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
                const Gradients& gradients) const override {
    if (!gradients.dx[0]) return;
    if (keeps(pass))
      pass.queue.times(gradients.dy, kept[0].head(x[0].rows), gradients.dx[0]);
    else
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
  /// In inference most passes have no backward.
  static bool keeps(const Pass& pass) { return pass.mode != Mode::inference; }

  std::size_t columns_;
  compute::Activation kind_;
  float slope_;
  std::optional<std::size_t> row_;  ///< of the weights, added to x first
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

/// y = x m / (1 - rate), with m = 1 or, at this rate, 0: one draw an event and unit. All passes of
/// a training step share m, those of its attacks too: an attack climbs the loss of the very network
/// that is trained. (PyTorch draws anew in each pass.)
class Dropout final : public LinearLayer {
 public:
  explicit Dropout(const Site& site)
      : name_{site.node.name},
        columns_{site.node.columns},
        rate_{static_cast<float>(attribute<double>(site.node, "rate"))} {}

  std::vector<Tensor> keep(Queue& queue, std::size_t rows) const override {
    return rate_ > 0 ? std::vector{queue.matrix(rows, columns_)} : std::vector<Tensor>{};
  }

  void forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
               const Tensor& y) const override {
    if (rate_ > 0) draw(pass, kept[0].head(x[0].rows));
    drop(pass, kept, x[0], y);
  }

  void backward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor>,
                const Gradients& gradients) const override {
    if (gradients.dx[0]) drop(pass, kept, gradients.dy, gradients.dx[0]);
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor>,
                       const Direction& direction, const Tensor& y_tangent) const override {
    drop(pass, kept, direction.x[0], y_tangent);
  }

 private:
  void draw(const Pass& pass, const Tensor& mask) const {
    const Context& context = pass.context;
    if (pass.mode == Mode::inference || context.row_ids.empty()) {
      pass.queue.fill(mask, 1.0F);
      return;
    }
    // A draw u in [0, 1) keeps its unit when u > rate.
    pass.queue.uniform({context.random.key, stream_key(context.random.stream, name_)},
                       context.row_ids, -rate_, 1.0F - rate_, mask);
    pass.queue.sign(mask, mask);
    pass.queue.clamp(0.0F, 1.0F, mask);
    pass.queue.scale(1.0F / (1.0F - rate_), mask);
  }

  void drop(const Pass& pass, std::span<const Tensor> kept, const Tensor& from,
            const Tensor& to) const {
    pass.queue.copy(from, to);
    if (rate_ > 0) pass.queue.multiply(kept[0].head(from.rows), to);
  }

  std::string name_;
  std::size_t columns_;
  float rate_;
};

}  // namespace

std::unique_ptr<Layer> make_activation(const Site& site, compute::Activation kind, float slope) {
  return std::make_unique<Activated>(site, kind, slope);
}

std::unique_ptr<Layer> make_add() { return std::make_unique<Add>(); }

std::unique_ptr<Layer> make_dropout(const Site& site) { return std::make_unique<Dropout>(site); }

}  // namespace steppe::network
