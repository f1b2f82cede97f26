// Philox against its published answers; what is made of its words against their distributions.
#include <steppe/random.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace {

using steppe::Stream;

/// The inverse of the normal distribution function: Newton steps on erfc, in double.
double exact_normal(double probability) {
  const double tail = std::min(probability, 1.0 - probability);
  double z = std::sqrt(-2.0 * std::log(tail));  // an upper bound: Newton comes down from there
  for (int step = 0; step < 60; ++step) {
    const double area = 0.5 * std::erfc(z / std::numbers::sqrt2);
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    z += (area - tail) / density;
  }
  return probability < 0.5 ? -z : z;
}

double normal_error(std::uint32_t word) {
  const double exact = exact_normal((static_cast<double>(word) + 0.5) * 0x1p-32);
  return std::abs(static_cast<double>(steppe::normal_from(word)) - exact);
}

TEST(Philox, GivesThePublishedAnswers) {
  using Counter = steppe::PhiloxCounter;
  EXPECT_EQ(steppe::philox({0, 0, 0, 0}, {0, 0}),
            (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(steppe::philox({ones, ones, ones, ones}, {ones, ones}),
            (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      steppe::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(StreamKey, IsStableForEver) {
  EXPECT_EQ(steppe::mix(0), 0xe220a8397b1dcdafU);  // first output of splitmix64 from seed 0
  static_assert(steppe::stream_key(20241114, 3, "fit", "shuffle", 7) ==
                steppe::stream_key(std::uint64_t{20241114}, 3L, std::string_view{"fit"}, "shuffle",
                                   std::int8_t{7}));
  EXPECT_EQ(steppe::stream_key(20241114, 3, "fit", "shuffle", 7), 0x419fdd131488ce0aU);
}

TEST(StreamKey, TellsPartsApart) {
  const std::vector<std::uint64_t> keys{
      steppe::stream_key(),          steppe::stream_key(0),        steppe::stream_key(1),
      steppe::stream_key("1"),       steppe::stream_key(""),       steppe::stream_key("ab", "c"),
      steppe::stream_key("a", "bc"), steppe::stream_key("abc"),    steppe::stream_key(0, 1),
      steppe::stream_key(1, 0),      steppe::stream_key("a", "b"), steppe::stream_key("b", "a"),
      steppe::stream_key(-1)};
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(keys[i], keys[j]) << i << " and " << j;
}

TEST(Stream, IsTheBlocksInOrder) {
  Stream stream{11, 22, 33};
  for (std::uint64_t block = 0; block < 3; ++block)
    for (const std::uint32_t word : steppe::random_block(steppe::random_key(11, 22), 33, block))
      EXPECT_EQ(stream.bits(), word);
}

TEST(Stream, DependsOnKeyStreamAndRow) {
  EXPECT_NE(Stream(1, 2, 3).bits(), Stream(2, 2, 3).bits());
  EXPECT_NE(Stream(1, 2, 3).bits(), Stream(1, 3, 3).bits());
  EXPECT_NE(Stream(1, 2, 3).bits(), Stream(1, 2, 4).bits());
  EXPECT_NE(Stream(1, 2).bits(), Stream(2, 1).bits());
}

TEST(Uniform, CoversTheHalfOpenInterval) {
  EXPECT_EQ(steppe::uniform_from(0), 0.0F);
  EXPECT_EQ(steppe::uniform_from(0xffffffff), 1.0F - 0x1p-24F);
}

TEST(Uniform, PassesKolmogorovAndSmirnov) {
  constexpr int count = 200000;
  Stream stream{1};
  std::vector<double> values(count);
  for (double& value : values) value = static_cast<double>(stream.uniform());
  std::ranges::sort(values);
  double distance = 0;
  for (int i = 0; i < count; ++i)
    distance = std::max({distance, std::abs(values[i] - double(i) / count),
                         std::abs(double(i + 1) / count - values[i])});
  EXPECT_LT(distance * std::sqrt(count), 1.63);  // 1 % quantile
}

TEST(Normal, HasTheMomentsOfANormal) {
  constexpr int count = 1000000;
  Stream stream{2};
  double moments[5] = {};
  for (int i = 0; i < count; ++i) {
    double power = 1;
    const auto z = static_cast<double>(stream.normal());
    for (double& moment : moments) {
      moment += power / count;
      power *= z;
    }
  }
  // Five standard deviations of each mean: sqrt(variance of z^k / count), k = 1 ... 4.
  EXPECT_NEAR(moments[1], 0.0, 5e-3 * std::sqrt(1.0));
  EXPECT_NEAR(moments[2], 1.0, 5e-3 * std::sqrt(2.0));
  EXPECT_NEAR(moments[3], 0.0, 5e-3 * std::sqrt(15.0));
  EXPECT_NEAR(moments[4], 3.0, 5e-3 * std::sqrt(96.0));
}

TEST(Normal, PassesKolmogorovAndSmirnov) {
  constexpr int count = 200000;
  Stream stream{3};
  std::vector<double> values(count);
  for (double& value : values) value = static_cast<double>(stream.normal());
  std::ranges::sort(values);
  double distance = 0;
  for (int i = 0; i < count; ++i) {
    const double below = 0.5 * std::erfc(-values[i] / std::numbers::sqrt2);
    distance = std::max(
        {distance, std::abs(below - double(i) / count), std::abs(double(i + 1) / count - below)});
  }
  EXPECT_LT(distance * std::sqrt(count), 1.63);
}

TEST(Normal, IsTheInverseOfTheDistributionFunction) {
  double worst = 0, squares = 0;
  int count = 0;
  for (std::uint64_t word = 0; word < 0x100000000U; word += 65521) {  // a prime stride
    const double error = normal_error(static_cast<std::uint32_t>(word));
    worst = std::max(worst, error);
    squares += error * error;
    ++count;
  }
  EXPECT_LT(worst, 2e-6);
  EXPECT_LT(std::sqrt(squares / count), 2e-7);
}

TEST(Normal, IsRightInBothTailsAndAtTheMiddle) {
  for (std::uint32_t word = 0; word < 3000; ++word) {
    EXPECT_LT(normal_error(word), 2e-6);
    EXPECT_LT(normal_error(~word), 2e-6);
    EXPECT_LT(normal_error(0x80000000U + word), 1e-9);
  }
  EXPECT_NEAR(steppe::normal_from(0), -6.3379574F, 2e-6F);
}

TEST(Normal, IsSymmetricAndGrows) {
  for (std::uint32_t word = 0; word < 0x80000000U - 65521U; word += 65521) {
    EXPECT_EQ(steppe::normal_from(word), -steppe::normal_from(~word));
    EXPECT_LT(steppe::normal_from(word), steppe::normal_from(word + 65521));
  }
}

TEST(PortableLog, AgreesWithTheLibrary) {
  for (double x = 0x1p-40; x <= 2.0; x *= 1.0007) {
    const auto rounded = static_cast<float>(x);
    const double exact = std::log(static_cast<double>(rounded));
    EXPECT_NEAR(static_cast<double>(steppe::portable_log(rounded)), exact,
                2e-7 + 1.2e-7 * std::abs(exact));
  }
}

TEST(Index, IsFair) {
  constexpr std::uint32_t count = 10;
  constexpr int draws = 100000;
  int hits[count] = {};
  Stream stream{4};
  for (int i = 0; i < draws; ++i) ++hits[stream.index(count)];
  double chi_squared = 0;
  for (const int hit : hits) chi_squared += std::pow(hit - draws / 10.0, 2) / (draws / 10.0);
  EXPECT_LT(chi_squared, 21.7);  // 1 % quantile for 9 degrees of freedom
}

TEST(Index, StaysInsideForAnyCount) {
  Stream stream{5};
  for (const std::uint32_t count : {1U, 2U, 3U, 0x80000001U, 0xffffffffU})
    for (int i = 0; i < 100; ++i) EXPECT_LT(stream.index(count), count);
}

}  // namespace
