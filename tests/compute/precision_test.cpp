// Products from bfloat16 terms against sums in double, and where they are used.
#include "framework/compute/precision.hpp"

#include "framework/compute/matmul.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include "bf16.hpp"
#include "device_fixture.hpp"
#include "layers.hpp"
#include <oneapi/dnnl/dnnl.hpp>

namespace steppe::compute {
namespace {

using support::Bf16Variable;
using support::without_bf16;

constexpr Precision all_bf16[] = {Precision::bf16x6, Precision::bf16x3, Precision::bf16x2,
                                  Precision::bf16};

TEST(Precisions, HaveNames) {
  EXPECT_EQ(precision_names(), (std::vector<std::string>{"f32", "bf16x6", "bf16x3", "bf16"}));
  for (const auto& name : precision_names()) EXPECT_EQ(name_of(*precision_called(name)), name);
  EXPECT_FALSE(precision_called("bf16x2"));  // is for layers that read events
  EXPECT_FALSE(precision_called("f16"));
}

TEST(Precisions, OfBf16AreFastWithAmxAlone) {
  const auto fast = [](dnnl::cpu_isa isa) { return has_fast_bf16(static_cast<unsigned>(isa)); };
  EXPECT_TRUE(fast(dnnl::cpu_isa::avx512_core_amx));
  EXPECT_FALSE(fast(dnnl::cpu_isa::avx512_core_bf16));
  EXPECT_FALSE(fast(dnnl::cpu_isa::avx512_core));
  EXPECT_FALSE(fast(dnnl::cpu_isa::avx2));
  EXPECT_FALSE(has_fast_bf16(0));
}

TEST(Precisions, AreF32WhereNothingElseIsWorthIt) {
  const bool fast = has_fast_bf16(static_cast<unsigned>(dnnl::get_effective_cpu_isa()));
  for (const char* value : {static_cast<const char*>(nullptr), "", "1"}) {
    const Bf16Variable variable{value};
    for (const Precision precision : all_bf16)
      EXPECT_EQ(precision_here(precision), fast ? precision : Precision::f32);
    EXPECT_EQ(precision_here(Precision::f32), Precision::f32);
    EXPECT_EQ(
        why_no_bf16(),
        fast ? "" : "needs a processor with AMX; this one has " + matmul_library().instruction_set);
  }
  const Bf16Variable variable{"always"};
  for (const Precision precision : all_bf16) EXPECT_EQ(precision_here(precision), precision);
  EXPECT_EQ(why_no_bf16(), "");
  EXPECT_EQ(precision_here(Precision::bf16, "gpu:1"), Precision::f32);
  EXPECT_EQ(why_no_bf16("gpu:1"), "is none of 'gpu:1', whose products are in f32");
}

struct Size {
  std::size_t rows, inner, columns;
};

/// Errors of a product.
struct Errors {
  double largest = 0, typical = 0;  ///< over the typical entry
  double of_sum = 0;                ///< the largest over the sum of its products' sizes
};

Errors errors(const Reference& got, const Reference& wanted, const Reference& sizes) {
  Errors out;
  double square = 0;
  for (std::size_t i = 0; i < wanted.values.size(); ++i) {
    const double error = got.values[i] - wanted.values[i];
    out.largest = std::max(out.largest, std::abs(error));
    out.of_sum = std::max(out.of_sum, std::abs(error) / sizes.values[i]);
    out.typical += error * error;
    square += wanted.values[i] * wanted.values[i];
  }
  out.largest /= std::sqrt(square / static_cast<double>(wanted.values.size()));
  out.typical = std::sqrt(out.typical / square);
  return out;
}

Reference sizes_of(Reference values) {
  for (double& value : values.values) value = std::abs(value);
  return values;
}

class Bf16Products : public OnDevice {
 protected:
  void SetUp() override {
    if (const auto reason = without_bf16(); !reason.empty()) GTEST_SKIP() << reason;
  }

  struct Operands {
    Reference a, b;
  };
  static Operands operands(const Size& size, Transpose transpose, std::uint64_t key) {
    const auto [rows, inner, columns] = size;
    return {transpose == Transpose::first ? random_matrix(inner, rows, key)
                                          : random_matrix(rows, inner, key),
            transpose == Transpose::second ? random_matrix(columns, inner, key + 1, 0.05)
                                           : random_matrix(inner, columns, key + 1, 0.05)};
  }

  Reference multiply(const Operands& of, const Size& size, Transpose transpose,
                     Precision precision) {
    const Tensor c = device->matrix(size.rows, size.columns);
    queue->matmul(put(of.a), put(of.b), c, transpose, {.precision = precision});
    return get(c);
  }
};

TEST_P(Bf16Products, HaveTheErrorsOfTheirTerms) {
  // The layers of 602-128-64-32-1 in batches of 128: forward, gradient of the input, of the
  // weights.
  const std::vector<std::size_t> widths{602, 128, 64, 32, 1};
  for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    const std::size_t in = widths[layer], out = widths[layer + 1];
    for (const Transpose transpose : {Transpose::none, Transpose::second, Transpose::first}) {
      const Size size = transpose == Transpose::none     ? Size{128, in, out}
                        : transpose == Transpose::second ? Size{128, out, in}
                                                         : Size{in, 128, out};
      const std::uint64_t batches = GetParam() == std::string{"cpu"} ? 20 : 1;
      double of_f32 = 0, of_six = 0;
      for (std::uint64_t batch = 0; batch < batches; ++batch) {
        const auto of = operands(size, transpose, 100 * layer + 2 * batch);
        const Reference zero{size.rows, size.columns};
        const auto wanted = reference::product(of.a, of.b, zero, transpose),
                   sizes = reference::product(sizes_of(of.a), sizes_of(of.b), zero, transpose);
        const auto error = [&](Precision precision) {
          return errors(multiply(of, size, transpose, precision), wanted, sizes);
        };
        of_f32 = std::max(of_f32, error(Precision::f32).largest);
        of_six = std::max(of_six, error(Precision::bf16x6).largest);
        const auto three = error(Precision::bf16x3), one = error(Precision::bf16);
        EXPECT_LE(three.typical, 3e-5);
        EXPECT_LE(three.of_sum, 0x1.02p-15);
        EXPECT_LE(one.of_sum, 0x1.02p-7);  // each operand is within 2^-8
        EXPECT_LE(one.typical, 0x1p-8);
        EXPECT_GE(one.typical, 0x1p-10);
        EXPECT_LT(error(Precision::bf16x2).typical, one.typical);
      }
      EXPECT_LE(of_six, 1.5 * of_f32) << in << " -> " << out;
      std::printf("  %3zu -> %3zu: largest errors %.1e in f32, %.1e in bf16x6\n", in, out, of_f32,
                  of_six);
    }
  }
}

TEST_P(Bf16Products, AreMadeInAllThreeWaysOfAllShapes) {
  for (const Size size : {Size{1, 1, 1}, Size{1, 602, 3}, Size{5, 33, 1}, Size{130, 17, 32},
                          Size{1037, 19, 7}, Size{3, 5, 40}, Size{7, 2000, 3}}) {
    for (const Transpose transpose : {Transpose::none, Transpose::first, Transpose::second}) {
      const auto of = operands(size, transpose, 7);
      const Reference start = random_matrix(size.rows, size.columns, 9);
      const auto wanted = reference::product(of.a, of.b, start, transpose);
      for (const auto& [precision, tolerance] :
           {std::pair{Precision::bf16x6, 1e-6}, std::pair{Precision::bf16x3, 3e-5},
            std::pair{Precision::bf16x2, 8e-3}, std::pair{Precision::bf16, 1e-2}}) {
        const Tensor c = put(start);
        queue->matmul(put(of.a), put(of.b), c, transpose,
                      {.accumulate = true, .precision = precision});
        expect_near(get(c), wanted, tolerance, 0.2 * std::sqrt(static_cast<double>(size.inner)));
      }
    }
  }
}

TEST_P(Bf16Products, OfTwoTermsOfTheFirstOperandSeeStepsThatOneRoundsAway) {
  // A step of an attack at 1.5, where neighbours of bfloat16 are 2^-7 apart.
  constexpr double step = 0.0025;
  Reference x{2, 1}, w{1, 1};
  x.values = {1.5, static_cast<double>(static_cast<float>(1.5 + step))};
  w.values = {0.5};
  const auto moved = [&](Precision precision) {
    const auto y = multiply({x, w}, {2, 1, 1}, Transpose::none, precision);
    return y(1, 0) - y(0, 0);
  };
  EXPECT_EQ(moved(Precision::bf16), 0.0);
  EXPECT_NEAR(moved(Precision::bf16x2), 0.5 * step, 0.01 * step);
}

TEST_P(Bf16Products, GiveNothingFiniteForWhatIsNot) {
  for (const double odd : {std::nan(""), HUGE_VAL}) {
    for (const Precision precision : all_bf16) {
      Reference a = random_matrix(3, 40, 1), b = random_matrix(40, 5, 2);
      a(1, 7) = odd;
      const auto c = multiply({a, b}, {3, 40, 5}, Transpose::none, precision);
      for (std::size_t n = 0; n < 5; ++n) {
        EXPECT_TRUE(std::isfinite(c(0, n)));
        EXPECT_FALSE(std::isfinite(c(1, n)));
      }
    }
  }
}

STEPPE_ON_EVERY_DEVICE(Bf16Products);

}  // namespace
}  // namespace steppe::compute
