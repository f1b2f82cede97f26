// What the host sends, what it is told, and numbers that stay on the device.
#include <limits>

#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

using Sending = OnDevice;

TEST_P(Sending, WritesWhatTheHostMakes) {
  const Tensor tensor = device->matrix(3, 20);
  queue->fill(tensor, 7.0F);
  queue->write(
      [](const View& view) {
        for (std::size_t r = 0; r < view.rows; ++r)
          for (std::size_t c = 0; c < view.columns; ++c)
            view.row(r)[c] = static_cast<float>(100 * r + c);
      },
      tensor);
  queue->scale(2.0F, tensor);
  const Reference got = get(tensor);
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t c = 0; c < 20; ++c)
      EXPECT_EQ(got(r, c), static_cast<double>(2 * (100 * r + c)));
}

TEST_P(Sending, GathersAheadOfWhatIsSubmittedAfterIt) {
  const std::vector<float> from{1, 2, 3, 4};
  const std::vector<std::uint32_t> rows{3, 0};
  const Tensor to = device->matrix(2, 1), sum = device->matrix(2, 1);
  queue->gather_ahead({from.data(), 4, 1, 1}, rows, to);
  queue->fill(sum, 10.0F);
  queue->join();
  queue->axpy(1.0F, to, sum);
  const Reference got = get(sum);
  EXPECT_EQ(got(0, 0), 14.0);
  EXPECT_EQ(got(1, 0), 11.0);
}

TEST_P(Sending, IsCountedWhereMemoryIsFar) {
  const Tensor x = device->matrix(4, 2);
  const std::vector<float> from(8, 1.0F);
  const std::vector<std::uint32_t> rows{0, 1, 2, 3};
  queue->gather({from.data(), 4, 2, 2}, rows, x);
  EXPECT_EQ(queue->traffic().up, device->is_far() ? 32U : 0U);
  EXPECT_EQ(queue->traffic().waits, 0U);
  EXPECT_EQ(queue->dot(x, x), 8.0);
  EXPECT_EQ(queue->traffic().down, device->is_far() ? 8U : 0U);
  EXPECT_EQ(queue->traffic().waits, device->is_far() ? 1U : 0U);
  { const Mapped view{*queue, x}; }
  const std::uint64_t whole = x.storage->floats() * sizeof(float);
  EXPECT_EQ(queue->traffic().down, device->is_far() ? 8 + whole : 0U);
  EXPECT_EQ(queue->traffic().up, device->is_far() ? 32 + whole : 0U);
}

TEST_P(Sending, LeavesNormsOnTheDevice) {
  const Tensor x = put(random_matrix(5, 33, 1)), lengths = device->matrix(5, 1);
  const auto before = queue->traffic();
  queue->row_norms(x, lengths);
  queue->row_factors(RowFactor::inverse, 0.0, {}, lengths);
  queue->multiply(lengths, x);
  queue->clip(0.5, x);
  const auto since = queue->traffic() - before;
  EXPECT_EQ(since.up + since.down + since.waits, 0U);
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

TEST_P(Sending, MakesFactorsOfLengthsRoundedOnce) {
  const std::vector<float> lengths{0.0F, 1e-42F, 3.0F, 0.7F, infinity, nothing};
  const std::vector<float> shares{1.0F, 1.0F, 0.3F, 0.9F, 1.0F, 1.0F};
  const auto column = [&](const std::vector<float>& values) {
    Reference out{values.size(), 1};
    for (std::size_t r = 0; r < values.size(); ++r) out(r, 0) = static_cast<double>(values[r]);
    return put(out);
  };
  const auto made = [&](RowFactor kind, double a, const Tensor& share) {
    const Tensor x = column(lengths);
    queue->row_factors(kind, a, share, x);
    return bits(x);
  };
  const auto rounded = [](double x) { return static_cast<float>(x); };
  const auto x = [&](std::size_t r) { return static_cast<double>(lengths[r]); };
  EXPECT_EQ(made(RowFactor::inverse, 0.0, {}),
            (std::vector{0.0F, 0.0F, rounded(1 / x(2)), rounded(1 / x(3)), 0.0F, 0.0F}));
  EXPECT_EQ(made(RowFactor::inverse, 1e-7, column(shares)),
            (std::vector{rounded(1 / 1e-7), rounded(1 / 1e-7),
                         rounded(static_cast<double>(0.3F) / (x(2) + 1e-7)),
                         rounded(static_cast<double>(0.9F) / (x(3) + 1e-7)), 0.0F, 0.0F}));
  const auto shrunk = made(RowFactor::shrink, 0.8, {});
  EXPECT_EQ(std::vector(shrunk.begin(), shrunk.end() - 1),
            (std::vector{1.0F, 1.0F, rounded(0.8 / x(2)), 1.0F, 0.0F}));
  EXPECT_TRUE(std::isnan(shrunk.back()));
  EXPECT_EQ(made(RowFactor::inside, 0.8, {}), (std::vector{1.0F, 1.0F, 0.0F, 1.0F, 0.0F, 0.0F}));
}

TEST_P(Sending, ClipsWhatIsLongerAndNothingElse) {
  auto table = std::make_shared<SegmentTable>();
  table->add("a", 3, 5);
  table->add("b", 1, 70);
  const Tensor y = device->flat(table);
  queue->normal({4, 0}, ids(1), 1.0F, y);
  const auto before = bits(y);
  const double length = std::sqrt(queue->dot(y, y));
  queue->clip(length * 1.001, y);
  EXPECT_TRUE(same_bits(bits(y), before));
  queue->clip(0.5, y);
  const auto factor = static_cast<float>(0.5 / length);
  const auto after = bits(y);
  for (std::size_t i = 0; i < before.size(); ++i) ASSERT_FLOAT_EQ(after[i], factor * before[i]);
  EXPECT_NEAR(std::sqrt(queue->dot(y, y)), 0.5, 1e-6);
}

TEST_P(Sending, ClipsNothingThatHasNoLength) {
  const Tensor y = device->matrix(1, 3);
  queue->fill(y, nothing);
  queue->clip(0.5, y);
  for (const float value : bits(y)) EXPECT_TRUE(std::isnan(value));
}

STEPPE_ON_EVERY_DEVICE(Sending);

}  // namespace
}  // namespace steppe::compute
