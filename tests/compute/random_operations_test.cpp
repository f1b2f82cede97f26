// A random tensor is the streams of its rows.
#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

class RandomOperations : public OnDevice {};

constexpr RandomKey key{77, 5};

TEST_P(RandomOperations, UniformIsTheStreamOfEachRow) {
  for (const auto& [rows, columns] : shapes) {
    const Tensor y = device->matrix(rows, columns);
    queue->uniform(key, ids(rows), 0.0F, 1.0F, y);
    const Reference got = get(y);
    for (std::size_t r = 0; r < rows; ++r) {
      Stream stream{key.key, key.stream, r};
      for (std::size_t c = 0; c < columns; ++c)
        ASSERT_EQ(got(r, c), static_cast<double>(stream.uniform()));
    }
  }
}

TEST_P(RandomOperations, NormalIsTheStreamOfEachRow) {
  for (const auto& [rows, columns] : shapes) {
    const Tensor y = device->matrix(rows, columns);
    queue->normal(key, ids(rows), 1.0F, y);
    const Reference got = get(y);
    for (std::size_t r = 0; r < rows; ++r) {
      Stream stream{key.key, key.stream, r};
      for (std::size_t c = 0; c < columns; ++c)
        ASSERT_EQ(got(r, c), static_cast<double>(stream.normal()));
    }
  }
}

TEST_P(RandomOperations, AValueBelongsToItsEventAndNotToItsPlace) {
  const Tensor all = device->matrix(200, 21), some = device->matrix(2, 21);
  std::vector<std::uint64_t> rows = ids(200);
  rows[150] = 0x123456789ABCDEFU;
  queue->normal(key, rows, 1.0F, all);
  const std::vector<std::uint64_t> picked{rows[150], rows[3]};
  queue->normal(key, picked, 1.0F, some);
  EXPECT_TRUE(same_bits(bits(some.head(1)), bits(all.slice_rows(150, 1))));
  EXPECT_TRUE(same_bits(bits(some.slice_rows(1, 1)), bits(all.slice_rows(3, 1))));
}

TEST_P(RandomOperations, UniformStaysBelowItsUpperEdge) {
  // 2^24 steps between 1 and 2 do not fit into a float: many of them would round up to 2.
  const Tensor y = device->matrix(1000, 600);
  queue->uniform(key, ids(1000), 1.0F, 1.0F + 0x1p-22F, y);
  for (const float value : bits(y)) {
    ASSERT_GE(value, 1.0F);
    ASSERT_LT(value, 1.0F + 0x1p-22F);
  }
}

TEST_P(RandomOperations, AsksForOneIdARow) {
  const Tensor y = device->matrix(3, 2);
  EXPECT_THROW(queue->uniform(key, ids(2), 0.0F, 1.0F, y), DeviceError);
}

STEPPE_ON_EVERY_DEVICE(RandomOperations);

}  // namespace
}  // namespace steppe::compute
