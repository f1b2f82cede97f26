// The network of arXiv:2411.09296 as it is attacked and measured, 602-128-64-32-1 in inference with
// running statistics that are nothing special, against PyTorch in double: loss, gradient,
// Hessian-vector product and the input Hessian of one event. Errors are relative to the largest
// magnitude of what is compared, and printed.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "network_fixture.hpp"
#include "torch_tables.hpp"

namespace steppe::network {
namespace {

namespace tables = torch_tables;
using compute::Reference;

class PaperNetwork : public NetworkOnDevice {
 protected:
  static constexpr std::size_t moved = tables::paper_moved;

  void SetUp() override {
    const compute::Mapped weights{*queue, at.weights}, to{*queue, direction},
        statistics{*queue, at.buffers};
    std::size_t k = 0;
    for (const auto& segment : network.weights()->segments()) {
      const double divisor = segment.name == "dense_0.weight"       ? 16
                             : segment.name.starts_with("dense_3.") ? 4
                                                                    : 8;
      const double shift = segment.name.ends_with(".gamma") ? 1.0 : 0.0;
      for (std::size_t i = segment.offset; i < segment.offset + segment.size(); ++i, ++k) {
        weights->data[i] = static_cast<float>(tables::scattered(k) / divisor + shift);
        to->data[i] = static_cast<float>(tables::scattered(200000 + k) / 16);
      }
    }
    std::size_t start = 400000;
    const auto& segments = network.buffers()->segments();
    for (std::size_t s = 0; s < segments.size(); s += 2, start += 1000) {
      const std::size_t units = segments[s].size();
      for (std::size_t u = 0; u < units; ++u) {
        const double spread = tables::scattered(start + units + u);
        statistics->data[segments[s].offset + u] =
            static_cast<float>(tables::scattered(start + u) / 8);
        statistics->data[segments[s + 1].offset + u] =
            static_cast<float>(spread * spread / 2 + 0.5);
      }
    }
  }

  static Reference inputs() {
    Reference x{tables::paper_rows, tables::paper_inputs};
    for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = tables::scattered(500000 + i);
    return x;
  }

  /// The mean loss of `x`, and its gradients as `need` says into `at.gradient` and `dx`.
  double loss(const Reference& x, const Reference& labels, double factor, Need need) {
    const Tensor losses = device->matrix(x.rows, 1), ones = device->matrix(x.rows, 1),
                 mean = device->matrix(1, 1);
    dx = device->matrix(x.rows, x.columns);
    dz = device->matrix(x.rows, 1);
    z = passes.forward(at.weights, at.buffers, put(x), Mode::inference);
    queue->bce_with_logits(z, put(labels), losses, dz);
    queue->scale(static_cast<float>(factor), dz);
    queue->fill(ones, 1.0F);
    queue->weighted_mean(losses, ones, mean);
    passes.backward(at.weights, at.buffers, dz, need, at.gradient, dx);
    return get(mean).values[0];
  }

  /// The Hessian of what `loss` differentiated times (v, u), into `product` and `dx`.
  void multiply_hessian(const Tensor& v, const Tensor& u, double factor, Need need) {
    const Tensor dz_tangent = device->matrix(z.rows, 1);
    queue->bce_with_logits_tangent(z, passes.tangent_forward(at.weights, at.buffers, v, u),
                                   dz_tangent);
    queue->scale(static_cast<float>(factor), dz_tangent);
    passes.tangent_backward(at.weights, at.buffers, v, dz, dz_tangent, need, product, dx);
  }

  std::vector<double> chosen(const Tensor& flat) {
    const std::vector<Reference> segments = segments_of(flat);
    std::vector<double> entries;
    for (std::size_t j = 0; j < tables::paper_gradient.size(); ++j) {
      const auto& values = segments[j % segments.size()].values;
      entries.push_back(values[7919 * j % values.size()]);
    }
    return entries;
  }

  static void expect_close(const char* name, std::span<const double> got,
                           std::span<const double> wanted, double tolerance) {
    ASSERT_EQ(got.size(), wanted.size());
    double difference = 0, magnitude = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_FALSE(std::isnan(got[i])) << name << " " << i;
      difference = std::max(difference, std::abs(got[i] - wanted[i]));
      magnitude = std::max(magnitude, std::abs(wanted[i]));
    }
    std::printf("  %-24s %.1e\n", name, difference / magnitude);
    EXPECT_LE(difference, tolerance * magnitude) << name;
  }
  static void expect_close(const char* name, double got, double wanted, double tolerance) {
    expect_close(name, std::span{&got, 1}, std::span{&wanted, 1}, tolerance);
  }

  const Network network{mlp(tables::paper_inputs, {128, 64, 32})};
  const Buffers at = buffers_for(network);
  const Tensor direction = device->flat(network.weights()),
               product = device->flat(network.weights());
  Passes passes{network, *queue, moved};
  Tensor z, dz, dx;
};

TEST_P(PaperNetwork, LossGradientAndCurvatureInTheWeightsAreThoseOfPyTorch) {
  constexpr double share = 1.0 / tables::paper_rows;
  const double mean = loss(inputs(), labels(tables::paper_rows), share, {.weights = true});
  multiply_hessian(direction, {}, share, {.weights = true});
  expect_close("loss", mean, tables::paper_loss[0], 1e-6);
  expect_close("gradient norm", std::sqrt(queue->dot(at.gradient, at.gradient)),
               tables::paper_gradient_norm[0], 1e-6);
  expect_close("gradient", chosen(at.gradient), tables::paper_gradient, 1e-6);
  expect_close("product norm", std::sqrt(queue->dot(product, product)),
               tables::paper_product_norm[0], 1e-6);
  expect_close("product", chosen(product), tables::paper_product, 3e-6);
}

/// The largest eigenvalue, where no other is as far from zero: by power iteration.
double largest_eigenvalue(const Reference& matrix) {
  std::vector<double> vector(matrix.rows, 1.0), next(matrix.rows);
  double length = 0;
  for (int step = 0; step < 300; ++step) {
    length = 0;
    for (std::size_t r = 0; r < matrix.rows; ++r) {
      next[r] = 0;
      for (std::size_t c = 0; c < matrix.columns; ++c) next[r] += matrix(r, c) * vector[c];
      length += next[r] * next[r];
    }
    length = std::sqrt(length);
    for (std::size_t r = 0; r < matrix.rows; ++r) vector[r] = next[r] / length;
  }
  return length;
}

TEST_P(PaperNetwork, TheInputHessianOfAnEventIsThatOfPyTorch) {
  // The event once for each input that moves: in inference, rows know nothing of each other.
  const Reference all = inputs();
  Reference events{moved, all.columns}, units{moved, all.columns}, hessian{moved, moved};
  for (std::size_t r = 0; r < moved; ++r) {
    units(r, r) = 1;
    for (std::size_t c = 0; c < all.columns; ++c) events(r, c) = all(0, c);
  }
  loss(events, {moved, 1}, 1.0, {.inputs = true});
  multiply_hessian({}, put(units), 1.0, {.inputs = true});
  const Reference rows = get(dx);
  double trace = 0, squares = 0;
  for (std::size_t r = 0; r < moved; ++r) {
    trace += rows(r, r);
    for (std::size_t c = 0; c < moved; ++c) {
      hessian(r, c) = rows(r, c);
      squares += rows(r, c) * rows(r, c);
    }
  }
  std::vector<double> entries;
  for (std::size_t j = 0; j < tables::paper_hessian.size(); ++j)
    entries.push_back(hessian.values[7919 * j % hessian.values.size()]);
  const auto& [wanted_trace, wanted_eigenvalue, wanted_norm] = tables::paper_hessian_measures;
  expect_close("hessian trace", trace, wanted_trace, 1e-5);
  expect_close("hessian eigenvalue", largest_eigenvalue(hessian), wanted_eigenvalue, 1e-6);
  expect_close("hessian norm", std::sqrt(squares), wanted_norm, 1e-6);
  expect_close("hessian", entries, tables::paper_hessian, 3e-6);
}

STEPPE_ON_EVERY_DEVICE(PaperNetwork);

}  // namespace
}  // namespace steppe::network
