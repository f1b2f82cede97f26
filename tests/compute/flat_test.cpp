// Flat buffers: what lies between two segments never takes part.
#include <functional>

#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

class Flat : public OnDevice {
 protected:
  static std::shared_ptr<const SegmentTable> odd_table() {
    auto table = std::make_shared<SegmentTable>();
    table->add("a", 3, 7);
    table->add("b", 1, 65);
    table->add("c", 64, 1);
    table->add("d", 1, 1);
    return table;
  }

  Tensor random_flat(std::uint64_t key) {
    const Tensor flat = device->flat(table);
    const std::vector<std::uint64_t> row{0};
    queue->normal({key, 0}, row, 1.0F, flat);
    return flat;
  }

  /// Puts NaN between the segments, where no operation may look.
  void poison(const Tensor& flat) {
    const Mapped mapped{*queue, flat};
    for_each_pad(flat, [&](std::size_t i) { mapped->data[i] = std::nanf(""); });
  }

  void for_each_pad(const Tensor& flat, const std::function<void(std::size_t)>& visit) {
    std::vector<bool> used(flat.columns);
    for (const Segment& part : table->segments())
      for (std::size_t i = 0; i < part.size(); ++i) used[part.offset + i] = true;
    for (std::size_t i = 0; i < used.size(); ++i)
      if (!used[i]) visit(i);
  }

  void expect_padding_is_zero(const Tensor& flat) {
    const auto values = bits(flat);
    for_each_pad(flat, [&](std::size_t i) { ASSERT_EQ(values[i], 0.0F) << "float " << i; });
  }

  std::shared_ptr<const SegmentTable> table = odd_table();
};

TEST_P(Flat, SegmentsStartAlignedAndCountWithoutPadding) {
  EXPECT_EQ((*table)[1].offset, 64U);
  EXPECT_EQ((*table)[2].offset, 192U);
  EXPECT_EQ((*table)[3].offset, 256U);
  EXPECT_EQ(table->floats(), 320U);
  EXPECT_EQ(table->values(), 21U + 65U + 64U + 1U);
  const Tensor flat = device->flat(table);
  EXPECT_EQ(flat.size(), table->values());
  EXPECT_EQ(flat.columns, table->floats());
  EXPECT_EQ(flat.segment(0).stride, 7U);
  EXPECT_EQ(flat.segment(1).size(), 65U);
}

TEST_P(Flat, EveryOperationKeepsThePaddingZero) {
  const std::vector<std::uint64_t> row{7};
  const Tensor x = random_flat(1), y = random_flat(2), v = random_flat(3);
  const std::vector<std::function<void()>> operations{
      [&] { queue->fill(y, 3.0F); },
      [&] {
        queue->uniform({1, 2}, row, 1.0F, 2.0F, y);
      },
      [&] {
        queue->normal({1, 2}, row, 1.0F, y);
      },
      [&] { queue->axpy(std::nanf(""), x, y); },
      [&] {
        queue->normal({1, 2}, row, 1.0F, y);
      },
      [&] { queue->axpby(2.0F, x, 3.0F, y); },
      [&] { queue->axpby_square(2.0F, x, 3.0F, y); },
      [&] { queue->scale(INFINITY, y); },
      [&] {
        queue->normal({1, 2}, row, 1.0F, y);
      },
      [&] { queue->clamp(1.0F, 2.0F, y); },
      [&] { queue->clamp_around(x, -1.0F, y); },
      [&] { queue->sign(x, y); },
      [&] { queue->multiply(x, y); },
      [&] { queue->adaptive_step(1.0F, x, 1.0F, y, 0.0F, v); },
      [&] {
        queue->adam_step({0.9F, 0.1F, 0.9F, 0.1F, 0.9F, 0.1F, 1.0F, 0.0F}, x, y, v, y);
      },
      [&] { queue->signed_step(0.5F, x, v, -1.0F, y); },
      [&] { queue->times(x, v, y); },
      [&] { queue->restore(x, v, y); },
      [&] { queue->copy(x, y); },
  };
  for (const auto& operation : operations) {
    operation();
    expect_padding_is_zero(y);
    expect_padding_is_zero(v);
  }
}

TEST_P(Flat, NormsAndProductsDoNotSeeThePadding) {
  const Tensor x = random_flat(1), y = random_flat(2);
  const double product = queue->dot(x, y);
  double wanted = 0;
  for (std::size_t s = 0; s < table->segments().size(); ++s) {
    const Reference a = get(x.segment(s)), b = get(y.segment(s));
    for (std::size_t i = 0; i < a.values.size(); ++i) wanted += a.values[i] * b.values[i];
  }
  EXPECT_NEAR(product, wanted, 1e-13);
  const Tensor norm = device->matrix(1, 1);
  queue->row_norms(x, norm);
  const auto clean = get(norm).values[0];
  EXPECT_NEAR(clean, std::sqrt(queue->dot(x, x)), 1e-6);
  poison(x);
  poison(y);
  EXPECT_EQ(queue->dot(x, y), product);
  queue->row_norms(x, norm);
  EXPECT_EQ(get(norm).values[0], clean);
}

TEST_P(Flat, RandomNumbersCountWithoutThePadding) {
  const Tensor flat = device->flat(table);
  const std::vector<std::uint64_t> row{42};
  queue->normal({5, 6}, row, 2.0F, flat);
  Stream stream{5, 6, 42};
  for (std::size_t s = 0; s < table->segments().size(); ++s)
    for (const double value : get(flat.segment(s)).values)
      ASSERT_EQ(value, static_cast<double>(2.0F * stream.normal()));
}

TEST_P(Flat, BuffersOfDifferentLayoutsAreRefused) {
  auto other = std::make_shared<SegmentTable>();
  other->add("all", 1, 320);
  const Tensor x = device->flat(table), y = device->flat(other);
  EXPECT_THROW(queue->axpy(1.0F, x, y), DeviceError);
}

STEPPE_ON_EVERY_DEVICE(Flat);

}  // namespace
}  // namespace steppe::compute
