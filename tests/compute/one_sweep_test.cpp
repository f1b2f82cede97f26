// Operations that do the work of several in one sweep: the bits of the chains they stand for.
#include <functional>
#include <limits>

#include "activations.hpp"
#include "device_fixture.hpp"
#include "steps.hpp"

namespace steppe::compute {
namespace {

using reference::activations;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

constexpr Queue::AdamStep adam{.shrink = 0.999F,
                               .mean_new = 0.1F,
                               .mean_kept = 0.9F,
                               .square_new = 0.001F,
                               .square_kept = 0.999F,
                               .rate = 0.0125F,
                               .root_factor = 3.5F,
                               .epsilon = 1e-6F};

class OneSweep : public OnDevice {
 protected:
  static std::shared_ptr<const SegmentTable> odd_table() {
    auto made = std::make_shared<SegmentTable>();
    made->add("a", 3, 7);
    made->add("b", 1, 65);
    made->add("c", 1, 1);
    return made;
  }

  Tensor random(std::size_t rows, std::size_t columns, std::uint64_t key, double sigma = 1.0) {
    return put(random_matrix(rows, columns, key, sigma));
  }
  Tensor copy_of(const Tensor& x) {
    const Tensor out = x.segments ? device->flat(x.segments) : device->matrix(x.rows, x.columns);
    queue->copy(x, out);
    return out;
  }
  Tensor random_flat(std::uint64_t key) {
    const Tensor flat = device->flat(table);
    queue->normal({key, 0}, std::vector<std::uint64_t>{0}, 1.0F, flat);
    return flat;
  }
  /// What no rounding is foreseen for: zeros of both signs, infinities, NaN.
  Tensor odd_values(std::size_t shift) {
    const std::vector<float> values{0.0F, -0.0F, 1.0F, -1.0F, infinity, -infinity, nan, 1e-30F};
    const Tensor row = device->matrix(1, values.size());
    const Mapped mapped{*queue, row};
    for (std::size_t i = 0; i < values.size(); ++i)
      mapped->data[i] = values[(i + shift) % values.size()];
    return row;
  }

  void expect_same(const Tensor& x, const Tensor& y) { EXPECT_TRUE(same_bits(bits(x), bits(y))); }

  void expect_adam_is_its_chain(const Tensor& g, const Tensor& m, const Tensor& v,
                                const Tensor& w) {
    const Tensor chain_m = copy_of(m), chain_v = copy_of(v), chain_w = copy_of(w);
    queue->adam_step(adam, g, m, v, w);
    queue->scale(adam.shrink, chain_w);
    queue->axpby(adam.mean_new, g, adam.mean_kept, chain_m);
    queue->axpby_square(adam.square_new, g, adam.square_kept, chain_v);
    queue->adaptive_step(adam.rate, chain_m, adam.root_factor, chain_v, adam.epsilon, chain_w);
    expect_same(m, chain_m);
    expect_same(v, chain_v);
    expect_same(w, chain_w);
  }

  void expect_signed_step_is_its_chain(float a, const Tensor& slope, const Tensor& centre,
                                       float radius, const Tensor& y) {
    const Tensor chain = copy_of(y), free = copy_of(y), sign = copy_of(slope);
    queue->sign(slope, sign);
    queue->axpy(a, sign, chain);
    queue->signed_step(a, slope, {}, radius, free);
    expect_same(free, chain);
    queue->clamp_around(centre, radius, chain);
    queue->signed_step(a, slope, centre, radius, y);
    expect_same(y, chain);
  }

  std::shared_ptr<const SegmentTable> table = odd_table();
};

TEST_P(OneSweep, AdamHasTheBitsOfItsFourOperations) {
  for (const auto& [rows, columns] : shapes) {
    const Tensor v = random(rows, columns, 3);
    queue->multiply(v, v);
    expect_adam_is_its_chain(random(rows, columns, 1), random(rows, columns, 2), v,
                             random(rows, columns, 4));
  }
  const Tensor v = random_flat(3);
  queue->multiply(v, v);
  expect_adam_is_its_chain(random_flat(1), random_flat(2), v, random_flat(4));
}

TEST_P(OneSweep, AdamIsTheFormula) {
  const Reference g = random_matrix(5, 33, 1), m = random_matrix(5, 33, 2),
                  w = random_matrix(5, 33, 4);
  Reference v = random_matrix(5, 33, 3);
  for (double& value : v.values) value = static_cast<double>(static_cast<float>(value * value));
  const Tensor on_m = put(m), on_v = put(v), on_w = put(w);
  queue->adam_step(adam, put(g), on_m, on_v, on_w);
  Reference wanted = w, mean = m, square = v;
  for (std::size_t i = 0; i < w.values.size(); ++i) {
    const auto after =
        reference::AdamValue{w.values[i], m.values[i], v.values[i]}.after(adam, g.values[i]);
    wanted.values[i] = after.weight;
    mean.values[i] = after.mean;
    square.values[i] = after.square;
  }
  expect_near(get(on_w), wanted, 3e-7);
  expect_near(get(on_m), mean, 3e-7);
  expect_near(get(on_v), square, 3e-7);
}

TEST_P(OneSweep, ASignedStepHasTheBitsOfItsThreeOperations) {
  for (const auto& [rows, columns] : shapes)
    for (const float a : {0.25F, -0.25F, 0.0F})
      expect_signed_step_is_its_chain(a, random(rows, columns, 1), random(rows, columns, 2), 0.5F,
                                      random(rows, columns, 3));
  for (const float a : {0.25F, 0.0F})
    for (std::size_t shift = 0; shift < 8; ++shift)
      expect_signed_step_is_its_chain(a, odd_values(0), odd_values(shift), 0.125F,
                                      odd_values(2 * shift));
  expect_signed_step_is_its_chain(0.25F, random_flat(1), random_flat(2), 0.5F, random_flat(3));
}

TEST_P(OneSweep, ASignedStepEndsInTheBall) {
  const Reference slope = random_matrix(7, 16, 1), centre = random_matrix(7, 16, 2, 0.1),
                  start = random_matrix(7, 16, 3, 0.1);
  const Tensor y = put(start);
  queue->signed_step(0.25F, put(slope), put(centre), 0.125F, y);
  Reference wanted = start;
  for (std::size_t i = 0; i < wanted.values.size(); ++i)
    wanted.values[i] =
        reference::signed_step(0.25, slope.values[i], centre.values[i], 0.125, start.values[i]);
  expect_near(get(y), wanted, 1e-7);
}

TEST_P(OneSweep, TimesIsACopyAndAMultiplication) {
  for (const auto& [rows, columns] : shapes) {
    const Tensor x = random(rows, columns, 1), y = random(rows, columns, 9);
    for (const Tensor& factor : {random(rows, columns, 2), random(1, columns, 3)}) {
      const Tensor chain = copy_of(x);
      queue->multiply(factor, chain);
      queue->times(x, factor, y);
      expect_same(y, chain);
    }
  }
}

TEST_P(OneSweep, ActivationsThatKeepTheirSlopeHaveTheBitsOfTheirChains) {
  for (const auto& [name, kind] : activations) {
    SCOPED_TRACE(name);
    for (const auto& [rows, columns] : shapes) {
      const Tensor x = random(rows, columns, 1, 4.0), row = random(1, columns, 2),
                   ones = random(rows, columns, 3), y = copy_of(x), slope = copy_of(x),
                   chain_y = copy_of(x), chain_slope = copy_of(x);
      queue->fill(ones, 1.0F);
      for (const Tensor& added : {Tensor{}, row}) {
        const Tensor at = copy_of(x), alone = copy_of(x), chain = copy_of(x);
        if (added) queue->add_row(added, chain);
        queue->activate(kind, 0.125F, chain, chain_y);
        queue->activate_backward(kind, 0.125F, chain, ones, chain_slope);
        queue->activate_keeping(kind, 0.125F, added, at, y, slope);
        expect_same(at, chain);
        expect_same(y, chain_y);
        expect_same(slope, chain_slope);
        queue->fill(y, 0.0F);
        queue->activate_keeping(kind, 0.125F, added, alone, y, {});
        expect_same(alone, chain);
        expect_same(y, chain_y);
      }
    }
  }
}

TEST_P(OneSweep, ThePaddingOfFlatBuffersIsNotTouched) {
  const Tensor g = random_flat(1), m = random_flat(2), v = random_flat(3), w = random_flat(4);
  queue->multiply(v, v);
  const std::vector<Tensor> all{g, m, v, w};
  for (const Tensor& flat : all) {
    const Mapped mapped{*queue, flat};
    for (std::size_t i = 21; i < 64; ++i) mapped->data[i] = nan;  // behind the first segment
  }
  std::vector<std::vector<float>> before;
  for (const Tensor& flat : all) before.push_back(bits(flat));
  queue->adam_step(adam, g, m, v, w);
  queue->signed_step(0.5F, g, v, 0.25F, w);
  queue->signed_step(0.5F, g, {}, 0, m);
  for (std::size_t t = 0; t < all.size(); ++t) {
    const auto after = bits(all[t]);
    EXPECT_EQ(std::memcmp(&after[21], &before[t][21], 43 * sizeof(float)), 0);
    EXPECT_EQ(t == 0, std::memcmp(after.data(), before[t].data(), 21 * sizeof(float)) == 0);
  }
}

TEST_P(OneSweep, OperandsThatDoNotFitAreRefused) {
  const Tensor y = random(3, 5, 1), other = random(3, 4, 1), row = random(1, 5, 1);
  EXPECT_THROW(queue->adam_step(adam, other, y, y, y), DeviceError);
  EXPECT_THROW(queue->adam_step(adam, y, other, y, y), DeviceError);
  EXPECT_THROW(queue->adam_step(adam, y, y, row, y), DeviceError);
  EXPECT_THROW(queue->signed_step(1, other, y, 1, y), DeviceError);
  EXPECT_THROW(queue->signed_step(1, y, row, 1, y), DeviceError);
  EXPECT_THROW(queue->times(y, random(3, 1, 1), y), DeviceError);
  EXPECT_THROW(queue->times(y, row, other), DeviceError);
  EXPECT_THROW(queue->activate_keeping(Activation::silu, 0, y, y, y, {}), DeviceError);
  EXPECT_THROW(queue->activate_keeping(Activation::silu, 0, {}, y, other, {}), DeviceError);
  EXPECT_THROW(queue->activate_keeping(Activation::silu, 0, row, y, y, other), DeviceError);
  EXPECT_THROW(queue->adam_step(adam, random_flat(1), device->matrix(1, table->floats()),
                                device->matrix(1, 3), random_flat(2)),
               DeviceError);
}

STEPPE_ON_EVERY_DEVICE(OneSweep);

}  // namespace
}  // namespace steppe::compute
