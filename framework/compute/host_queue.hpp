// The queue of a device that computes on the host's cores: checks, then hands the operation to its
// room, which decides when it runs and where tensors are.
//
// A Room has
//   run(work, tensors...)   calls work(views...) now or before `finish` returns; an empty tensor
//                           gives an empty view
//   keep(span)              something that converts to a span of the same values and may be stored
//   finish()                everything submitted has run
//   map(tensor), unmap(tensor)
#pragma once

#include "framework/compute/checks.hpp"
#include "framework/compute/host_matmul.hpp"
#include "framework/compute/host_operations.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace steppe::compute {

template <class Room>
class HostQueue final : public Queue {
 public:
  HostQueue(std::shared_ptr<Device> device, std::shared_ptr<Matmul> products)
      : device_{std::move(device)}, room_{*device_}, products_{std::move(products)} {}

  Device& device() override { return *device_; }

  void wait() override { room_.finish(); }

  View map(const Tensor& tensor) override {
    require_own(*device_, tensor);
    room_.finish();
    return room_.map(tensor);
  }

  void unmap(const Tensor& tensor) override { room_.unmap(tensor); }

  void gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) override {
    require_shape("gather", to, rows.size(), from.columns);
    if (std::ranges::any_of(rows, [&](std::uint32_t row) { return row >= from.rows; }))
      throw DeviceError{fmt::format("'gather' was asked for row {} of {}",
                                    *std::ranges::max_element(rows), from.rows)};
    run([from, kept = room_.keep(rows)](const View& y) { host::gather(from, kept, y); }, to);
  }

  void copy(const Tensor& from, const Tensor& to) override {
    require_same_shape("copy", from, to);
    run(host::copy, from, to);
  }

  void fill(const Tensor& to, float value) override {
    run([value](const View& y) { host::fill(y, value); }, to);
  }

  void axpy(float a, const Tensor& x, const Tensor& y) override {
    require_same_shape("axpy", x, y);
    run([a](const View& from, const View& to) { host::axpy(a, from, to); }, x, y);
  }

  void axpby(float a, const Tensor& x, float b, const Tensor& y) override {
    require_same_shape("axpby", x, y);
    run([a, b](const View& from, const View& to) { host::axpby(a, from, b, to); }, x, y);
  }

  void axpby_square(float a, const Tensor& x, float b, const Tensor& y) override {
    require_same_shape("axpby_square", x, y);
    run([a, b](const View& from, const View& to) { host::axpby_square(a, from, b, to); }, x, y);
  }

  void scale(float a, const Tensor& y) override {
    run([a](const View& to) { host::scale(a, to); }, y);
  }

  void multiply(const Tensor& x, const Tensor& y) override {
    const bool column = x.columns == 1 && x.rows == y.rows;
    if (!column) require_row_or_same("multiply", x, y);
    run(host::multiply, x, y);
  }

  void sign(const Tensor& x, const Tensor& y) override {
    require_same_shape("sign", x, y);
    run(host::sign, x, y);
  }

  void clamp(float low, float high, const Tensor& y) override {
    run([low, high](const View& to) { host::clamp(low, high, to); }, y);
  }

  void clamp_around(const Tensor& centre, float radius, const Tensor& y) override {
    require_same_shape("clamp_around", centre, y);
    run([radius](const View& around, const View& to) { host::clamp_around(around, radius, to); },
        centre, y);
  }

  void restore(const Tensor& mask, const Tensor& x, const Tensor& y) override {
    require_same_shape("restore", x, y);
    require_row_or_same("restore", mask, y);
    run(host::restore, mask, x, y);
  }

  void adaptive_step(float a, const Tensor& m, float b, const Tensor& v, float epsilon,
                     const Tensor& w) override {
    require_same_shape("adaptive_step", m, w);
    require_same_shape("adaptive_step", v, w);
    run([a, b, epsilon](const View& first, const View& second,
                        const View& to) { host::adaptive_step(a, first, b, second, epsilon, to); },
        m, v, w);
  }

  void uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
               const Tensor& y) override {
    require_entries("uniform", row_ids.size(), y);
    run([key, low, high,
         kept = room_.keep(row_ids)](const View& to) { host::uniform(key, kept, low, high, to); },
        y);
  }

  void normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma,
              const Tensor& y) override {
    require_entries("normal", row_ids.size(), y);
    run([key, sigma,
         kept = room_.keep(row_ids)](const View& to) { host::normal(key, kept, sigma, to); },
        y);
  }

  double dot(const Tensor& x, const Tensor& y) override {
    require_same_shape("dot", x, y);
    double result = 0;
    run([&result](const View& a, const View& b) { result = host::dot(a, b); }, x, y);
    room_.finish();
    return result;
  }

  void row_norms(const Tensor& x, const Tensor& out) override {
    require_shape("row_norms", out, x.rows, 1);
    run(host::row_norms, x, out);
    room_.finish();
  }

  void matmul(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose,
              bool accumulate) override {
    require_product(a, b, c, transpose);
    run(
        [this, transpose, accumulate](const View& left, const View& right, const View& to) {
          host::matmul(*products_, scratch_, left, right, to, transpose, accumulate);
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

  void activate_backward(Activation kind, float slope, const Tensor& x, const Tensor& dy,
                         const Tensor& dx) override {
    require_same_shape("activate_backward", dy, x);
    require_same_shape("activate_backward", dx, x);
    run([kind, slope](const View& at, const View& from,
                      const View& to) { host::activate_backward(kind, slope, at, from, to); },
        x, dy, dx);
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

  void bce_with_logits(const Tensor& logits, const Tensor& labels, const Tensor& values,
                       const Tensor& gradient) override {
    require_shape("bce_with_logits", logits, logits.rows, 1);
    require_same_shape("bce_with_logits", labels, logits);
    if (values) require_same_shape("bce_with_logits", values, logits);
    if (gradient) require_same_shape("bce_with_logits", gradient, logits);
    run(host::bce_with_logits, logits, labels, values, gradient);
  }

  void weighted_mean(const Tensor& x, const Tensor& weights, const Tensor& out) override {
    require_shape("weighted_mean", x, x.rows, 1);
    require_same_shape("weighted_mean", weights, x);
    require_shape("weighted_mean", out, 1, 1);
    run(host::weighted_mean, x, weights, out);
  }

  void normalise_weights(const Tensor& weights) override {
    require_shape("normalise_weights", weights, weights.rows, 1);
    run(host::normalise_weights, weights);
  }

 private:
  template <class Work, class... Tensors>
  void run(Work work, const Tensors&... tensors) {
    const auto own = [this](const Tensor& tensor) {
      if (tensor) require_own(*device_, tensor);
    };
    (own(tensors), ...);
    room_.run(std::move(work), tensors...);
  }

  template <class Work, class... Tensors>
  void run_norm(const BatchNorm& norm, Work work, const Tensors&... tensors) {
    const std::size_t columns = std::get<0>(std::tie(tensors...)).columns;
    for (const Tensor* row : {&norm.gamma, &norm.beta, &norm.running_mean, &norm.running_variance,
                              &norm.mean, &norm.inverse_deviation})
      require_shape("batch_norm", *row, 1, columns);
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

  std::shared_ptr<Device> device_;
  Room room_;
  std::shared_ptr<Matmul> products_;
  host::Scratch scratch_;
};

}  // namespace steppe::compute
