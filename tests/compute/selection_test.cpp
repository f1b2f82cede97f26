// The smallest of many, beside a stable sort of them all.
#include <algorithm>
#include <array>
#include <limits>

#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

using Values = std::vector<float>;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

/// Numbers of all signs and sizes, of which many are equal, and some no numbers.
Values odd_keys(std::size_t count, std::uint64_t key) {
  constexpr std::array odd{0.0F,  -0.0F,  infinity,  -infinity, nothing, -nothing, 1.0F,      -1.0F,
                           3e38F, -3e38F, 1.25e-38F, -2e-38F,   1e-30F,  -1e-30F,  1.0000001F};
  Values out(count);
  Stream random{key};
  for (float& x : out) {
    const auto kind = random.index(4);
    const float normal = random.normal();
    x = kind == 0   ? odd[random.index(odd.size())]
        : kind == 1 ? std::round(4.0F * normal)
                    : 1e-3F * normal;
  }
  return out;
}

Values odd_candidates(std::size_t count, std::uint64_t key) {
  Values out(count);
  Stream random{key};
  for (float& x : out) x = random.index(3) == 0 ? 0.0F : random.normal();
  return out;
}

bool comes_before(float x, float y) {
  return std::isnan(y) ? !std::isnan(x) : !std::isnan(x) && x < y;
}

Values wanted(const Values& keys, const Values& from, std::size_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (from[i] != 0.0F) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return comes_before(keys[a], keys[b]); });
  Values out(keys.size(), 0.0F);
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) out[order[i]] = 1.0F;
  return out;
}

class Selection : public OnDevice {
 protected:
  using Table = std::shared_ptr<const SegmentTable>;

  /// So many values in one piece, and in three with padding behind each.
  static std::vector<Table> layouts(std::size_t values) {
    auto one = std::make_shared<SegmentTable>(), three = std::make_shared<SegmentTable>();
    one->add("all", 1, values);
    three->add("a", 1, values / 3);
    three->add("b", values / 2 - values / 3, 1);
    three->add("c", 1, values - values / 2);
    return {one, three};
  }

  /// With `padding` where no operation may look.
  Tensor put_flat(const Table& table, const Values& values, float padding) {
    const Tensor flat = device->flat(table);
    const Mapped view{*queue, flat};
    std::fill_n(view->data, flat.columns, padding);
    auto next = values.begin();
    for (const Segment& part : table->segments())
      for (std::size_t i = 0; i < part.size(); ++i) view->data[part.offset + i] = *next++;
    return flat;
  }
  Values get_flat(const Tensor& flat) {
    Values out;
    const auto all = bits(flat);
    for (const Segment& part : flat.segments->segments())
      out.insert(out.end(), all.begin() + static_cast<std::ptrdiff_t>(part.offset),
                 all.begin() + static_cast<std::ptrdiff_t>(part.offset + part.size()));
    return out;
  }
};

TEST_P(Selection, TakesWhatAStableSortPutsFirst) {
  for (const std::size_t values : {1U, 2U, 255U, 256U, 257U, 100'000U}) {
    const auto keys = odd_keys(values, values), from = odd_candidates(values, values + 1);
    const auto candidates =
        values - static_cast<std::size_t>(std::count(from.begin(), from.end(), 0.0F));
    for (const auto& table : layouts(values)) {
      const Tensor by = put_flat(table, keys, -infinity), among = put_flat(table, from, 1.0F);
      for (const std::size_t count :
           {std::size_t{0}, std::size_t{1}, candidates / 2, candidates * 9 / 10, candidates,
            candidates + 1, values, std::numeric_limits<std::size_t>::max()}) {
        SCOPED_TRACE(std::to_string(count) + " of " + std::to_string(values));
        const Tensor chosen = device->flat(table);
        queue->fill(chosen, 7.0F);
        queue->choose_smallest(by, among, count, chosen);
        ASSERT_EQ(get_flat(chosen), wanted(keys, from, count));
        float sum = 0;
        for (const float x : bits(chosen)) sum += x;
        EXPECT_EQ(sum, static_cast<float>(std::min(count, candidates))) << "something of padding";
      }
    }
  }
}

TEST_P(Selection, TakesTheFirstOfEquals) {
  const Values keys(1000, -0.0F), all(1000, 1.0F);
  auto half = keys;
  for (std::size_t i = 0; i < half.size(); i += 2) half[i] = 0.0F;
  const auto table = layouts(1000)[1];
  const Tensor among = put_flat(table, all, 0.0F), chosen = device->flat(table);
  for (const auto& values : {keys, half}) {
    queue->choose_smallest(put_flat(table, values, 0.0F), among, 300, chosen);
    const auto got = get_flat(chosen);
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], i < 300 ? 1.0F : 0.0F) << i;
  }
}

TEST_P(Selection, MayBeOneOfItsOperands) {
  const auto keys = odd_keys(5000, 3), from = odd_candidates(5000, 4);
  const auto table = layouts(5000)[1];
  const Tensor by = put_flat(table, keys, 0.0F), among = put_flat(table, from, 0.0F);
  queue->choose_smallest(by, among, 1234, among);
  EXPECT_EQ(get_flat(among), wanted(keys, from, 1234));
  queue->choose_smallest(by, put_flat(table, from, 0.0F), 1234, by);
  EXPECT_EQ(get_flat(by), wanted(keys, from, 1234));
}

TEST_P(Selection, GoesThroughTheRowsOfAMatrix) {
  for (const auto& shape : shapes) {
    const auto rows = shape.first, columns = shape.second;
    const auto keys = odd_keys(rows * columns, rows), from = odd_candidates(rows * columns, 5);
    const auto matrix = [&](const Values& values) {
      Reference out{rows, columns};
      for (std::size_t i = 0; i < values.size(); ++i)
        out.values[i] = static_cast<double>(values[i]);
      return put(out);
    };
    const Tensor chosen = device->matrix(rows, columns);
    queue->choose_smallest(matrix(keys), matrix(from), rows * columns / 3, chosen);
    ASSERT_EQ(bits(chosen), wanted(keys, from, rows * columns / 3)) << rows << " x " << columns;
  }
}

TEST_P(Selection, StaysOnTheDevice) {
  const auto table = layouts(1000)[1];
  const Tensor by = put_flat(table, odd_keys(1000, 1), 0.0F),
               among = put_flat(table, odd_candidates(1000, 2), 0.0F);
  const auto before = queue->traffic();
  queue->choose_smallest(by, among, 100, among);
  const auto since = queue->traffic() - before;
  EXPECT_EQ(since.up + since.down + since.waits, 0U);
}

TEST_P(Selection, RefusesOtherShapes) {
  const Tensor x = device->matrix(2, 3), y = device->matrix(3, 2);
  EXPECT_THROW(queue->choose_smallest(x, y, 1, x), DeviceError);
  EXPECT_THROW(queue->choose_smallest(y, x, 1, x), DeviceError);
}

STEPPE_ON_EVERY_DEVICE(Selection);

}  // namespace
}  // namespace steppe::compute
