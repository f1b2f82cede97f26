// Networks whose products are made from bfloat16 terms.
#include <cmath>
#include <string>

#include "bf16.hpp"
#include "network_fixture.hpp"

namespace steppe::network {
namespace {

using compute::Precision;
using compute::Reference;

class PrecisionOfPasses : public NetworkOnDevice {
 protected:
  void SetUp() override {
    if (const auto reason = support::without_bf16(); !reason.empty()) GTEST_SKIP() << reason;
  }

  /// Logits, and gradients of their sum by `coefficients`, one behind the other.
  struct Result {
    std::vector<double> logits, dx, dw;
  };
  Result passes_in(const Network& network, const Buffers& at, const Reference& x,
                   Precision precision) {
    Passes passes{network, *queue, x.rows};
    Context context;
    context.precision = precision;
    const Tensor dx = device->matrix(x.rows, x.columns);
    const Tensor logits =
        passes.forward(at.weights, at.buffers, put(x), Mode::train_frozen, context);
    Result out{get(logits).values, {}, {}};
    passes.backward(at.weights, at.buffers, put(coefficients(x.rows)),
                    {.weights = true, .inputs = true}, at.gradient, dx);
    out.dx = get(dx).values;
    for (const auto& segment : segments_of(at.gradient))
      out.dw.insert(out.dw.end(), segment.values.begin(), segment.values.end());
    return out;
  }
};

double norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = a[i] - b[i];
  return norm(out) / norm(b);
}

/// The part of the signs that is not the same; those of entries within an error of 0 may be any.
double flips(const std::vector<double>& a, const std::vector<double>& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] * b[i] < 0 ? 1 : 0;
  return static_cast<double>(count) / static_cast<double>(a.size());
}

TEST_P(PrecisionOfPasses, IsThatOfTheirTerms) {
  const Network network{mlp(602, {128, 64, 32})};
  const Buffers at = buffers_for(network);
  for (const std::uint64_t key : {1U, 2U}) {
    const Reference x = compute::random_matrix(128, 602, key);
    const auto exact = passes_in(network, at, x, Precision::f32);
    for (const auto& [precision, error, flipped] :
         {std::tuple{Precision::bf16x6, 5e-6, 2e-5}, std::tuple{Precision::bf16x3, 1e-4, 5e-5},
          std::tuple{Precision::bf16, 0.2, 0.05}}) {
      const auto got = passes_in(network, at, x, precision);
      EXPECT_LE(distance(got.logits, exact.logits), error) << name_of(precision);
      EXPECT_LE(distance(got.dx, exact.dx), error) << name_of(precision);
      EXPECT_LE(distance(got.dw, exact.dw), error) << name_of(precision);
      EXPECT_LE(flips(got.dx, exact.dx), flipped) << name_of(precision);
      EXPECT_LE(flips(got.dw, exact.dw), flipped) << name_of(precision);
    }
    EXPECT_GE(distance(passes_in(network, at, x, Precision::bf16).dx, exact.dx), 1e-3);
  }
}

TEST_P(PrecisionOfPasses, OfBf16SeesTheStepOfAnAttack) {
  // x = 1.5 and 1.5 + 0.0025 through one dense layer of weight 1, with more or less in front of it.
  constexpr double step = 0.0025;
  const auto seen = [&](const Graph& graph) {
    const Network network{graph};
    const Buffers at = buffers_for(network);
    for (std::size_t s = 0; s < network.weights()->segments().size(); ++s)
      queue->fill(at.weights.segment(s),
                  (*network.weights())[s].name.ends_with("weight") ? 1.0F : 0.0F);
    Reference x{2, 1};
    x.values = {1.5, 1.5 + step};
    const auto logits = passes_in(network, at, x, Precision::bf16).logits;
    return logits[1] - logits[0];
  };
  Graph bare{1};
  dense(bare, 0, 1);
  EXPECT_NEAR(seen(bare), step, 0.01 * step);
  Graph behind{1};
  dense(behind, add(behind, "leaky_relu", add(behind, "standardise", 0)), 1);
  EXPECT_NEAR(seen(behind), step, 0.01 * step);
  // What weights have touched is rounded: the second layer takes 1.5025 for 1.5.
  Graph deep{1};
  dense(deep, dense(deep, 0, 1), 1);
  EXPECT_EQ(seen(deep), 0.0);
}

TEST_P(PrecisionOfPasses, LeavesTangentsInF32) {
  // Of something straight, which moves as its input does wherever it is.
  const Network network{mlp(20, {})};
  const Buffers at = buffers_for(network);
  const Reference x = compute::random_matrix(9, 20, 3), along = compute::random_matrix(9, 20, 4);
  const auto moved = [&](Precision precision) {
    Passes passes{network, *queue, x.rows};
    Context context;
    context.precision = precision;
    passes.forward(at.weights, at.buffers, put(x), Mode::inference, context);
    return bits(passes.tangent_forward(at.weights, at.buffers, {}, put(along)));
  };
  EXPECT_TRUE(compute::same_bits(moved(Precision::bf16), moved(Precision::f32)));
}

STEPPE_ON_EVERY_DEVICE(PrecisionOfPasses);

}  // namespace
}  // namespace steppe::network
