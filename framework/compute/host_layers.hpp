// Layers on a device that computes on the host's cores, on top of its losses (host_losses.hpp,
// where a Room is explained).
#pragma once

#include "framework/compute/host_losses.hpp"
#include "framework/compute/host_matmul.hpp"

#include <tuple>

namespace steppe::compute {

template <class Room>
class HostLayers : public HostLosses<Room> {
 public:
  using BatchNorm = Queue::BatchNorm;
  using LayerNorm = Queue::LayerNorm;
  using NormTangent = Queue::NormTangent;
  using NormGradients = Queue::NormGradients;
  using RunningMoments = Queue::RunningMoments;

  HostLayers(std::shared_ptr<Device> device, std::shared_ptr<Matmul> products)
      : HostLosses<Room>{std::move(device)}, products_{std::move(products)} {}

  void matmul(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose,
              MatmulOptions how) override {
    require_product(a, b, c, transpose);
    run(
        [this, transpose, how](const View& left, const View& right, const View& to) {
          host::matmul(*products_, scratch_, left, right, to, transpose, how);
        },
        a, b, c);
  }

  void add_row(const Tensor& row, const Tensor& y) override {
    require_shape("add_row", row, 1, y.columns);
    run(host::add_row, row, y);
  }

  void column_sums(const Tensor& x, const Tensor& out) override {
    require_shape("column_sums", out, 1, x.columns);
    run([this](const View& from, const View& to) { host::column_sums(scratch_, from, to); }, x,
        out);
  }

  void standardise(const Tensor& x, const Tensor& mean, const Tensor& factor,
                   const Tensor& y) override {
    require_same_shape("standardise", x, y);
    require_shape("standardise", mean, 1, x.columns);
    require_shape("standardise", factor, 1, x.columns);
    run(host::standardise, x, mean, factor, y);
  }

  void activate(Activation kind, float slope, const Tensor& x, const Tensor& y) override {
    require_same_shape("activate", x, y);
    run([kind, slope](const View& from, const View& to) { host::activate(kind, slope, from, to); },
        x, y);
  }

  void activate_keeping(Activation kind, float slope, const Tensor& row, const Tensor& x,
                        const Tensor& y, const Tensor& derivative) override {
    require_same_shape("activate_keeping", x, y);
    if (row) require_shape("activate_keeping", row, 1, x.columns);
    if (derivative) require_same_shape("activate_keeping", derivative, x);
    run([kind, slope](const auto&... views) { host::activate_keeping(kind, slope, views...); }, row,
        x, y, derivative);
  }

  void activate_backward(Activation kind, float slope, const Tensor& x, const Tensor& dy,
                         const Tensor& dx) override {
    require_same_shape("activate_backward", dy, x);
    require_same_shape("activate_backward", dx, x);
    run([kind, slope](const View& at, const View& from,
                      const View& to) { host::activate_backward(kind, slope, at, from, to); },
        x, dy, dx);
  }

  void activate_second(Activation kind, float slope, const Tensor& x, const Tensor& x_tangent,
                       const Tensor& dy, const Tensor& dy_tangent,
                       const Tensor& dx_tangent) override {
    for (const Tensor* tensor : {&x_tangent, &dy, &dy_tangent, &dx_tangent})
      require_same_shape("activate_second", *tensor, x);
    run([kind, slope](const auto&... views) { host::activate_second(kind, slope, views...); }, x,
        x_tangent, dy, dy_tangent, dx_tangent);
  }

  void batch_norm_train(const BatchNorm& norm, bool update, const Tensor& x,
                        const Tensor& y) override {
    require_same_shape("batch_norm_train", x, y);
    run_norm(
        norm,
        [this, update](const host::BatchNorm& mapped, const View& from, const View& to) {
          host::batch_norm_train(scratch_, mapped, update, from, to);
        },
        x, y);
  }

  void batch_norm_inference(const BatchNorm& norm, const Tensor& x, const Tensor& y) override {
    require_same_shape("batch_norm_inference", x, y);
    run_norm(norm, host::batch_norm_inference, x, y);
  }

  void batch_norm_backward(const BatchNorm& norm, bool train, const Tensor& x, const Tensor& dy,
                           const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) override {
    require_same_shape("batch_norm_backward", dy, x);
    if (dx) require_same_shape("batch_norm_backward", dx, x);
    if (dgamma) require_shape("batch_norm_backward", dgamma, 1, x.columns);
    if (dbeta) require_shape("batch_norm_backward", dbeta, 1, x.columns);
    run_norm(
        norm,
        [this, train](const host::BatchNorm& mapped, const View& at, const View& from,
                      const View& to, const View& to_gamma, const View& to_beta) {
          host::batch_norm_backward(scratch_, mapped, train, at, from, to, to_gamma, to_beta);
        },
        x, dy, dx, dgamma, dbeta);
  }

  void batch_norm_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                          const Tensor& x, const Tensor& y_tangent) override {
    require_same_shape("batch_norm_tangent", y_tangent, x);
    require_direction("batch_norm_tangent", direction, x);
    run_norm(
        norm,
        [this, train](const host::BatchNorm& mapped, const View& at, const View& to,
                      const auto&... moved) {
          host::batch_norm_tangent(scratch_, mapped, {moved...}, train, at, to);
        },
        x, y_tangent, direction.x, direction.gamma, direction.beta);
  }

  void batch_norm_backward_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                                   const Tensor& x, const NormGradients& gradients) override {
    require_direction("batch_norm_backward_tangent", direction, x);
    require_gradients("batch_norm_backward_tangent", gradients, x);
    run_norm(
        norm,
        [this, train](const host::BatchNorm& mapped, const View& at, const View& moved,
                      const View& moved_gamma, const auto&... views) {
          host::batch_norm_backward_tangent(scratch_, mapped, {moved, moved_gamma, {}}, train, at,
                                            {views...});
        },
        x, direction.x, direction.gamma, gradients.dy, gradients.dy_tangent, gradients.dx_tangent,
        gradients.dgamma_tangent, gradients.dbeta_tangent);
  }

  void follow_moments(const RunningMoments& moments, std::size_t most_rows,
                      const Tensor& x) override {
    for (const Tensor* row : {&moments.mean, &moments.variance, &moments.factor})
      require_shape("follow_moments", *row, 1, x.columns);
    require_shape("follow_moments", moments.rows_seen, 1, 1);
    run(
        [this, most_rows](const View& from, const auto&... mapped) {
          host::follow_moments(scratch_, {mapped...}, most_rows, from);
        },
        x, moments.mean, moments.variance, moments.factor, moments.rows_seen);
  }

  void layer_norm(const LayerNorm& norm, const Tensor& x, const Tensor& y) override {
    require_same_shape("layer_norm", y, x);
    run_norm(norm, host::layer_norm, x, y);
  }

  void layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                           const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) override {
    require_gradients("layer_norm_backward", {dy, dy, dx, dgamma, dbeta}, x);
    run_norm(
        norm,
        [this](const host::LayerNorm& mapped, const auto&... views) {
          host::layer_norm_backward(scratch_, mapped, views...);
        },
        x, dy, dx, dgamma, dbeta);
  }

  void layer_norm_tangent(const LayerNorm& norm, const NormTangent& direction, const Tensor& x,
                          const Tensor& y_tangent) override {
    require_same_shape("layer_norm_tangent", y_tangent, x);
    require_direction("layer_norm_tangent", direction, x);
    run_norm(
        norm,
        [this](const host::LayerNorm& mapped, const View& at, const View& to,
               const auto&... moved) {
          host::layer_norm_tangent(scratch_, mapped, {moved...}, at, to);
        },
        x, y_tangent, direction.x, direction.gamma, direction.beta);
  }

  void layer_norm_backward_tangent(const LayerNorm& norm, const NormTangent& direction,
                                   const Tensor& x, const NormGradients& gradients) override {
    require_direction("layer_norm_backward_tangent", direction, x);
    require_gradients("layer_norm_backward_tangent", gradients, x);
    run_norm(
        norm,
        [this](const host::LayerNorm& mapped, const View& at, const View& moved,
               const View& moved_gamma, const auto&... views) {
          host::layer_norm_backward_tangent(scratch_, mapped, {moved, moved_gamma, {}}, at,
                                            {views...});
        },
        x, direction.x, direction.gamma, gradients.dy, gradients.dy_tangent, gradients.dx_tangent,
        gradients.dgamma_tangent, gradients.dbeta_tangent);
  }

 protected:
  using HostLosses<Room>::run;

 private:
  template <class Work, class... Tensors>
  void run_norm(const BatchNorm& norm, Work work, const Tensors&... tensors) {
    require_norm(norm, std::get<0>(std::tie(tensors...)).columns);
    run(
        [work, epsilon = norm.epsilon, momentum = norm.momentum](
            const View& gamma, const View& beta, const View& running_mean,
            const View& running_variance, const View& mean, const View& inverse_deviation,
            const auto&... views) {
          work(host::BatchNorm{gamma, beta, running_mean, running_variance, mean, inverse_deviation,
                               epsilon, momentum},
               views...);
        },
        norm.gamma, norm.beta, norm.running_mean, norm.running_variance, norm.mean,
        norm.inverse_deviation, tensors...);
  }

  template <class Work, class... Tensors>
  void run_norm(const LayerNorm& norm, Work work, const Tensor& x, const Tensors&... tensors) {
    require_norm(norm, x.columns);
    run(
        [work, epsilon = norm.epsilon](const View& gamma, const View& beta, const auto&... views) {
          work(host::LayerNorm{gamma, beta, epsilon}, views...);
        },
        norm.gamma, norm.beta, x, tensors...);
  }

  std::shared_ptr<Matmul> products_;
  host::Scratch scratch_;
};

}  // namespace steppe::compute
