// The queue of a device that computes on the host's cores; the operations of layers and losses are
// in host_layers.hpp.
#pragma once

#include "framework/compute/host_layers.hpp"

namespace steppe::compute {

template <class Room>
class HostQueue : public HostLayers<Room> {
 public:
  using HostLayers<Room>::HostLayers;

  void wait() override { room_.finish(); }
  Traffic traffic() const override { return room_.traffic(); }

  View map(const Tensor& tensor) override {
    require_own(*device_, tensor);
    room_.finish();
    return room_.map(tensor);
  }

  void unmap(const Tensor& tensor) override { room_.unmap(tensor); }

  void gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) override {
    require_gather(from, rows, to);
    run([from, kept = room_.keep(rows)](const View& y) { host::gather(from, kept, y); }, to);
    room_.sent(to.size() * sizeof(float));
  }

  void gather_ahead(HostMatrix from, std::span<const std::uint32_t> rows,
                    const Tensor& to) override {
    const typename Room::Aside aside{room_};
    gather(from, rows, to);
  }

  void join() override { room_.join(); }

  void write(const std::function<void(const View&)>& make, const Tensor& to) override {
    run(make, to);
    room_.sent(to.size() * sizeof(float));
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

  void times(const Tensor& x, const Tensor& factor, const Tensor& y) override {
    require_same_shape("times", x, y);
    require_row_or_same("times", factor, y);
    run(host::times, x, factor, y);
  }

  void adam_step(const Queue::AdamStep& step, const Tensor& gradient, const Tensor& mean,
                 const Tensor& square, const Tensor& weights) override {
    for (const Tensor* tensor : {&gradient, &mean, &square})
      require_same_shape("adam_step", *tensor, weights);
    run([step](const auto&... views) { host::adam_step(step, views...); }, gradient, mean, square,
        weights);
  }

  void signed_step(float a, const Tensor& slope, const Tensor& centre, float radius,
                   const Tensor& y) override {
    require_same_shape("signed_step", slope, y);
    if (centre) require_same_shape("signed_step", centre, y);
    run([a, radius](const View& along, const View& around,
                    const View& to) { host::signed_step(a, along, around, radius, to); },
        slope, centre, y);
  }

  void uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
               const Tensor& y) override {
    require_entries("uniform", row_ids.size(), y);
    room_.sent(row_ids.size_bytes());
    run([key, low, high,
         kept = room_.keep(row_ids)](const View& to) { host::uniform(key, kept, low, high, to); },
        y);
  }

  void normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma,
              const Tensor& y) override {
    require_entries("normal", row_ids.size(), y);
    room_.sent(row_ids.size_bytes());
    run([key, sigma,
         kept = room_.keep(row_ids)](const View& to) { host::normal(key, kept, sigma, to); },
        y);
  }

  double dot(const Tensor& x, const Tensor& y) override {
    require_same_shape("dot", x, y);
    double result = 0;
    run([&result](const View& a, const View& b) { result = host::dot(a, b); }, x, y);
    room_.finish();
    room_.received(sizeof result);
    return result;
  }

  void row_norms(const Tensor& x, const Tensor& out) override {
    require_shape("row_norms", out, x.rows, 1);
    run(host::row_norms, x, out);
  }

  void row_factors(RowFactor kind, double a, const Tensor& share, const Tensor& x) override {
    require_shape("row_factors", x, x.rows, 1);
    if (share) require_same_shape("row_factors", share, x);
    run([kind, a](const View& of, const View& to) { host::row_factors(kind, a, of, to); }, share,
        x);
  }

  void clip(double norm, const Tensor& y) override {
    run([norm](const View& to) { host::clip(norm, to); }, y);
  }

  void choose_smallest(const Tensor& keys, const Tensor& from, std::size_t count,
                       const Tensor& chosen) override {
    require_same_shape("choose_smallest", keys, chosen);
    require_same_shape("choose_smallest", from, chosen);
    run([count](const View& by, const View& among,
                const View& to) { host::choose_smallest(by, among, count, to); },
        keys, from, chosen);
  }

 protected:
  using HostLayers<Room>::device_;

 private:
  using HostLayers<Room>::room_;
  using HostLayers<Room>::run;
};

}  // namespace steppe::compute
