// Element-wise operations against one line of double arithmetic each.
#include <functional>
#include <limits>

#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

class Elementwise : public OnDevice {
 protected:
  using Formula = std::function<double(double x, double y)>;

  /// y <- f(x, y) for every shape; `run` does it on the device.
  void expect(const Formula& formula,
              const std::function<void(const Tensor& x, const Tensor& y)>& run,
              double tolerance = 3e-7) {
    for (const auto& [rows, columns] : shapes) {
      const Reference x = random_matrix(rows, columns, 1), y = random_matrix(rows, columns, 2);
      const Tensor on_x = put(x), on_y = put(y);
      run(on_x, on_y);
      Reference wanted{rows, columns};
      for (std::size_t i = 0; i < wanted.values.size(); ++i)
        wanted.values[i] = formula(x.values[i], y.values[i]);
      expect_near(get(on_y), wanted, tolerance);
      expect_near(get(on_x), x, 0.0);
    }
  }

  Tensor row_of(std::vector<double> values) {
    Reference row{1, values.size()};
    row.values = std::move(values);
    return put(row);
  }
};

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST_P(Elementwise, CopyCopies) {
  expect([](double x, double) { return x; }, [&](auto x, auto y) { queue->copy(x, y); }, 0.0);
}

TEST_P(Elementwise, FillFills) {
  expect([](double, double) { return -2.5; }, [&](auto, auto y) { queue->fill(y, -2.5F); }, 0.0);
}

TEST_P(Elementwise, AxpyAdds) {
  expect([](double x, double y) { return y + 0.75 * x; },
         [&](auto x, auto y) { queue->axpy(0.75F, x, y); });
}

TEST_P(Elementwise, AxpyByZeroTouchesNothing) {
  const std::vector<double> start{-0.0, 0.0, 1.5, nan, infinity};
  const Tensor y = row_of(start), x = row_of({infinity, nan, 1, 1, 1});
  const auto before = bits(y);
  queue->axpy(0.0F, x, y);
  EXPECT_TRUE(same_bits(bits(y), before));
}

TEST_P(Elementwise, AxpbyBlends) {
  expect([](double x, double y) { return 0.25 * x - 1.5 * y; },
         [&](auto x, auto y) { queue->axpby(0.25F, x, -1.5F, y); });
}

TEST_P(Elementwise, AxpbySquareBlendsTheSquare) {
  expect([](double x, double y) { return 0.25 * x * x + 0.5 * y; },
         [&](auto x, auto y) { queue->axpby_square(0.25F, x, 0.5F, y); });
}

TEST_P(Elementwise, ScaleScales) {
  expect([](double, double y) { return -3.0 * y; }, [&](auto, auto y) { queue->scale(-3.0F, y); });
}

TEST_P(Elementwise, MultiplyMultiplies) {
  expect([](double x, double y) { return x * y; }, [&](auto x, auto y) { queue->multiply(x, y); });
}

TEST_P(Elementwise, MultiplyTakesARowOrAColumn) {
  for (const auto& [rows, columns] : shapes) {
    const Reference y = random_matrix(rows, columns, 1), row = random_matrix(1, columns, 2),
                    column = random_matrix(rows, 1, 3);
    Reference by_row = y, by_column = y;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        by_row(r, c) *= row(0, c);
        by_column(r, c) *= column(r, 0);
      }
    }
    const Tensor first = put(y), second = put(y);
    queue->multiply(put(row), first);
    queue->multiply(put(column), second);
    expect_near(get(first), by_row, 1e-7);
    expect_near(get(second), by_column, 1e-7);
  }
}

TEST_P(Elementwise, SignIsMinusOneZeroOrOne) {
  expect([](double x, double) { return x > 0   ? 1.0
                                       : x < 0 ? -1.0
                                               : 0.0; },
         [&](auto x, auto y) { queue->sign(x, y); }, 0.0);
  const Tensor x = row_of({0.0, -0.0, 1e-30, -1e-30, infinity, -infinity, nan});
  queue->sign(x, x);
  const Reference signs = get(x);
  const std::vector<double> wanted{0, 0, 1, -1, 1, -1};
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(signs.values[i], wanted[i]);
  EXPECT_FALSE(std::signbit(signs.values[1]));
  EXPECT_TRUE(std::isnan(signs.values[6]));
}

TEST_P(Elementwise, ClampClampsAndKeepsNan) {
  expect([](double, double y) { return std::clamp(y, -0.5, 0.25); },
         [&](auto, auto y) { queue->clamp(-0.5F, 0.25F, y); }, 0.0);
  const Tensor y = row_of({nan});
  queue->clamp(-1, 1, y);
  EXPECT_TRUE(std::isnan(get(y).values[0]));
}

TEST_P(Elementwise, ClampAroundStaysInTheBallAndKeepsWhatIsInside) {
  constexpr float radius = 0.1F;
  for (const auto& [rows, columns] : shapes) {
    const Tensor centre = put(random_matrix(rows, columns, 1, 3.0));
    const Tensor y = put(random_matrix(rows, columns, 2, 0.1));
    queue->axpy(1.0F, centre, y);
    const Reference before = get(y), around = get(centre);
    queue->clamp_around(centre, radius, y);
    const Reference after = get(y);
    for (std::size_t i = 0; i < after.values.size(); ++i) {
      const double away = before.values[i] - around.values[i];
      const double last_place = std::abs(after.values[i]) * 0x1p-23;
      if (std::abs(away) <= static_cast<double>(radius)) {
        ASSERT_EQ(after.values[i], before.values[i]);
      } else {
        const double edge = around.values[i] + std::copysign(static_cast<double>(radius), away);
        ASSERT_NEAR(after.values[i], edge, last_place);
      }
    }
    const auto once = bits(y);
    queue->clamp_around(centre, radius, y);
    EXPECT_TRUE(same_bits(bits(y), once));
  }
}

TEST_P(Elementwise, ClampAroundKeepsNan) {
  const Tensor centre = row_of({1.0, nan}), y = row_of({nan, 1.0});
  const auto before = bits(y);
  queue->clamp_around(centre, 0.5F, y);
  EXPECT_TRUE(same_bits(bits(y), before));
}

TEST_P(Elementwise, RestorePutsBackTheBitsWhereTheMaskIsZero) {
  for (const auto& [rows, columns] : shapes) {
    const Reference x = random_matrix(rows, columns, 1), y = random_matrix(rows, columns, 2);
    Reference mask{rows, columns}, row_mask{1, columns};
    for (std::size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = i % 3 == 0 ? 0 : 0.5;
    for (std::size_t c = 0; c < columns; ++c) row_mask(0, c) = c % 2 == 0 ? 0 : -1;
    const Tensor full = put(y), by_row = put(y);
    queue->restore(put(mask), put(x), full);
    queue->restore(put(row_mask), put(x), by_row);
    Reference wanted = y, wanted_by_row = y;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        if (mask(r, c) == 0) wanted(r, c) = x(r, c);
        if (row_mask(0, c) == 0) wanted_by_row(r, c) = x(r, c);
      }
    }
    expect_near(get(full), wanted, 0.0);
    expect_near(get(by_row), wanted_by_row, 0.0);
  }
  const Tensor y = row_of({infinity, -0.0}), x = row_of({-0.0, nan});
  queue->restore(row_of({0.0, 1.0}), x, y);
  const auto kept = bits(y);
  EXPECT_TRUE(kept[0] == 0.0F && std::signbit(kept[0]));
  EXPECT_TRUE(kept[1] == 0.0F && std::signbit(kept[1]));
}

TEST_P(Elementwise, AdaptiveStepIsTheLastLineOfAdam) {
  for (const auto& [rows, columns] : shapes) {
    const Reference m = random_matrix(rows, columns, 1), w = random_matrix(rows, columns, 3);
    Reference v = random_matrix(rows, columns, 2);
    for (double& value : v.values) value = static_cast<double>(static_cast<float>(value * value));
    const Tensor on_w = put(w);
    queue->adaptive_step(0.01F, put(m), 1.25F, put(v), 1e-3F, on_w);
    Reference wanted = w;
    for (std::size_t i = 0; i < w.values.size(); ++i)
      wanted.values[i] -= 0.01 * m.values[i] / (std::sqrt(v.values[i]) * 1.25 + 1e-3);
    expect_near(get(on_w), wanted, 1e-6);
  }
}

TEST_P(Elementwise, GatherPicksRows) {
  for (const auto& [rows, columns] : shapes) {
    const std::size_t stride = columns + 3;
    std::vector<float> table(50 * stride);
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<float>(i);
    Stream stream{1};
    std::vector<std::uint32_t> picked(rows);
    for (auto& row : picked) row = stream.index(50);
    const std::vector<std::uint32_t> wanted = picked;
    const Tensor y = device->matrix(rows, columns);
    queue->gather({table.data(), 50, columns, stride}, picked, y);
    std::ranges::fill(picked, 0);  // it has been copied, or used already
    const Reference got = get(y);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c)
        ASSERT_EQ(got(r, c), static_cast<double>(wanted[r] * stride + c));
  }
}

TEST_P(Elementwise, SlicesLeaveTheirNeighboursAlone) {
  const Reference start = random_matrix(9, 20, 1);
  const Tensor y = put(start);
  queue->fill(y.slice_rows(3, 2), 7.0F);
  queue->scale(2.0F, y.head(1));
  Reference wanted = start;
  for (std::size_t c = 0; c < 20; ++c) {
    wanted(0, c) *= 2;
    wanted(3, c) = wanted(4, c) = 7;
  }
  expect_near(get(y), wanted, 0.0);
}

STEPPE_ON_EVERY_DEVICE(Elementwise);

}  // namespace
}  // namespace steppe::compute
