// The shape of compress_tails; its derivatives are checked with those of all layers.
#include <cmath>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace steppe::testing {
namespace {

constexpr std::uint64_t width = 1;

double compressed(double x, double weight) {
  static StageUnderTest layer{"compress_tails"};
  double y = 0;
  const void* inputs[] = {&x};
  const steppe_layer_operands operands{.size = sizeof(steppe_layer_operands),
                                       .rows = 1,
                                       .x = inputs,
                                       .weights = &weight,
                                       .y = &y,
                                       .dy = nullptr,
                                       .dx = nullptr,
                                       .dweights = nullptr};
  layer.host().check(layer.table<steppe_layer>().forward(layer.instance(), layer.host().raw(),
                                                         STEPPE_F64, &width, &operands));
  return y;
}

TEST(CompressTails, IsLinearNearZeroAndASignedRootFarOut) {
  EXPECT_EQ(compressed(0, 1), 0);
  EXPECT_NEAR(compressed(1e-5, 1), 1e-5, 1e-15);
  EXPECT_NEAR(compressed(1e8, 4), std::sqrt(1e8 / 4), 1e-8);
  EXPECT_DOUBLE_EQ(compressed(std::sqrt(15.0), 1), std::sqrt(15.0) / 2);  // 16^(1/4) = 2
}

TEST(CompressTails, IsOddInXEvenInItsWeightAndTheIdentityWithoutOne) {
  EXPECT_EQ(compressed(-3, 0.7), -compressed(3, 0.7));
  EXPECT_EQ(compressed(3, -0.7), compressed(3, 0.7));
  EXPECT_EQ(compressed(1234.5, 0), 1234.5);
}

TEST(CompressTails, StartsWithTailsAtTheScale) {
  StageUnderTest layer{"compress_tails", {{"scale", 8.0}}};
  const std::uint64_t columns = 3;
  std::uint64_t gives = 0, weights = 0;
  const auto& functions = layer.table<steppe_layer>();
  layer.host().check(
      functions.shape(layer.instance(), layer.host().raw(), &columns, &gives, &weights));
  EXPECT_EQ(gives, 3U);
  ASSERT_EQ(weights, 3U);
  std::vector<float> start(weights);
  layer.host().check(
      functions.initialise(layer.instance(), layer.host().raw(), {1, 2}, &columns, start.data()));
  EXPECT_EQ(start, std::vector<float>(3, 0.125F));
}

}  // namespace
}  // namespace steppe::testing
