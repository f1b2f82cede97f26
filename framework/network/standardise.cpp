// Standardised inputs: y = (x - mean) factor, column by column. What mean and factor are, the three
// operations decide differently; weights do not move them.
#include "framework/network/operations.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::network {

namespace {

/// A mean and a factor, from wherever.
class Scaled : public LinearLayer {
 public:
  explicit Scaled(const Site& site)
      : mean_{site.buffers.add(site.node.name + ".mean", 1, site.input_columns)},
        factor_{site.buffers.add(site.node.name + ".factor", 1, site.input_columns)} {}

  void initialise(Queue& queue, compute::RandomKey, const Tensor&,
                  const Tensor& buffers) const override {
    queue.fill(buffers.segment(mean_), 0.0F);
    queue.fill(buffers.segment(factor_), 1.0F);
  }

  void forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
               const Tensor& y) const override {
    pass.queue.standardise(x[0], pass.buffers.segment(mean_), pass.buffers.segment(factor_), y);
  }

  void backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor>,
                const Gradients& gradients) const override {
    if (gradients.dx[0]) scale(pass, gradients.dy, gradients.dx[0]);
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor>,
                       const Direction& direction, const Tensor& y_tangent) const override {
    scale(pass, direction.x[0], y_tangent);
  }

 protected:
  virtual void scale(const Pass& pass, const Tensor& from, const Tensor& to) const {
    pass.queue.times(from, pass.buffers.segment(factor_), to);
  }

  std::size_t mean_, factor_;
};

/// Fitted to the training split, which training does not touch afterwards.
class Standardise : public Scaled {
 public:
  using Scaled::Scaled;

  bool fitted() const override { return true; }

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
};

/// The same over filled slots; empty ones are 0 behind it, whatever is in them.
class StandardiseFilled final : public Standardise {
 public:
  using Standardise::Standardise;

  bool asks_filled() const override { return true; }

  void forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
               const Tensor& y) const override {
    if (!pass.context.filled)
      throw GraphError{
          "'standardise_filled' was not told which slots are filled; give its passes 'filled'"};
    Standardise::forward(pass, kept, x, y);
    pass.queue.multiply(pass.context.filled.head(y.rows), y);
  }

 private:
  void scale(const Pass& pass, const Tensor& from, const Tensor& to) const override {
    Standardise::scale(pass, from, to);
    pass.queue.multiply(pass.context.filled.head(to.rows), to);
  }
};

/// Follows the rows of the passes that train, as the code released with arXiv:2411.09296 does,
/// until there have been enough.
class StandardiseRunning final : public Scaled {
 public:
  explicit StandardiseRunning(const Site& site)
      : Scaled{site},
        variance_{site.buffers.add(site.node.name + ".variance", 1, site.input_columns)},
        rows_seen_{site.buffers.add(site.node.name + ".rows_seen", 1, 1)},
        most_rows_{static_cast<std::size_t>(attribute<std::int64_t>(site.node, "rows"))} {}

  void initialise(Queue& queue, compute::RandomKey key, const Tensor& weights,
                  const Tensor& buffers) const override {
    Scaled::initialise(queue, key, weights, buffers);
    queue.fill(buffers.segment(variance_), 0.0F);
    queue.fill(buffers.segment(rows_seen_), 0.0F);
  }

  void forward(const Pass& pass, std::span<const Tensor> kept, std::span<const Tensor> x,
               const Tensor& y) const override {
    if (pass.mode == Mode::train)
      pass.queue.follow_moments({pass.buffers.segment(mean_), pass.buffers.segment(variance_),
                                 pass.buffers.segment(factor_), pass.buffers.segment(rows_seen_)},
                                most_rows_, x[0]);
    Scaled::forward(pass, kept, x, y);
  }

 private:
  std::size_t variance_, rows_seen_, most_rows_;
};

}  // namespace

std::unique_ptr<Layer> make_standardise(const Site& site) {
  return std::make_unique<Standardise>(site);
}

std::unique_ptr<Layer> make_standardise_filled(const Site& site) {
  return std::make_unique<StandardiseFilled>(site);
}

std::unique_ptr<Layer> make_standardise_running(const Site& site) {
  return std::make_unique<StandardiseRunning>(site);
}

}  // namespace steppe::network
