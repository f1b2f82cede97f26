// Dropout: its masks against the draws they are made of, its passes against differences in double.
#include <functional>

#include "network_fixture.hpp"

namespace steppe::network {
namespace {

using compute::random_matrix;
using compute::Reference;
using compute::same_bits;

constexpr compute::RandomKey key{77, 5};

/// What a unit of an event is multiplied by, from the event's own stream. 0: it is dropped.
double factor(double rate, std::uint64_t event, std::size_t unit) {
  Stream stream{key.key, stream_key(key.stream, "dropout_0"), event};
  for (std::size_t skipped = 0; skipped < unit; ++skipped) stream.bits();
  return static_cast<double>(stream.uniform()) > rate ? 1.0 / (1.0 - rate) : 0.0;
}

Context step_of(std::span<const std::uint64_t> events) {
  Context context;
  context.random = key;
  context.row_ids = events;
  return context;
}

/// input -> dropout -> the sum of all columns
Graph summed(std::size_t columns, double rate) {
  Graph graph{columns};
  dense(graph, add(graph, "dropout", 0, {{"rate", rate}}), 1);
  return graph;
}

class Dropout : public NetworkOnDevice {
 protected:
  /// What every input is multiplied by: the gradient of their sum.
  Reference factors(double rate, std::size_t columns, Mode mode, const Context& context,
                    std::size_t rows) {
    const Network network{summed(columns, rate)};
    const Buffers at = buffers_for(network);
    queue->fill(at.weights, 1.0F);
    Passes passes{network, *queue, rows + 2};
    const Tensor ones = device->matrix(rows, 1), gradient = device->matrix(rows, columns);
    queue->fill(ones, 1.0F);
    passes.forward(at.weights, at.buffers, device->matrix(rows, columns), mode, context);
    passes.backward(at.weights, at.buffers, ones, {.inputs = true}, {}, gradient);
    return get(gradient);
  }
};

TEST_P(Dropout, MasksBelongToEventAndUnitAndNotToTheBatch) {
  const std::vector<std::uint64_t> events{9, 4, 1'000'000'007, 0, 5};
  const Reference all = factors(0.25, 21, Mode::train, step_of(events), 5);
  for (std::size_t r = 0; r < events.size(); ++r)
    for (std::size_t c = 0; c < 21; ++c)
      EXPECT_FLOAT_EQ(static_cast<float>(all(r, c)),
                      static_cast<float>(factor(0.25, events[r], c)));
  const Reference two = factors(0.25, 21, Mode::train, step_of(std::span{events}.subspan(2, 2)), 2);
  for (std::size_t c = 0; c < 21; ++c) {
    EXPECT_EQ(two(0, c), all(2, c));
    EXPECT_EQ(two(1, c), all(3, c));
  }
}

TEST_P(Dropout, KeepsTheMeanAndAddsItsVariance) {
  const auto events = compute::ids(3000);
  for (const double rate : {0.1, 0.5, 0.8}) {
    const Reference m = factors(rate, 20, Mode::train, step_of(events), 3000);
    const auto count = static_cast<double>(m.values.size());
    double mean = 0, square = 0;
    for (const double value : m.values) {
      mean += value / count;
      square += value * value / count;
    }
    // Five deviations of both: m and m^2 have variances p / (1 - p) and p / (1 - p)^3.
    const double variance = rate / (1 - rate);
    EXPECT_NEAR(mean, 1.0, 5 * std::sqrt(variance / count));
    EXPECT_NEAR(square, 1 / (1 - rate), 5 * std::sqrt(variance / count) / (1 - rate));
  }
}

TEST_P(Dropout, IsTheSameInAllPassesOfAStepAndAnotherInTheNext) {
  const auto events = compute::ids(50);
  const auto first = factors(0.5, 8, Mode::train, step_of(events), 50).values;
  EXPECT_EQ(factors(0.5, 8, Mode::train_frozen, step_of(events), 50).values, first);
  Context next = step_of(events);
  ++next.random.key;
  EXPECT_NE(factors(0.5, 8, Mode::train, next, 50).values, first);
}

TEST_P(Dropout, DropsNothingInInferenceOrOutsideATrainingStep) {
  const auto events = compute::ids(50);
  const std::vector<double> ones(50 * 8, 1.0);
  EXPECT_EQ(factors(0.5, 8, Mode::inference, step_of(events), 50).values, ones);
  EXPECT_EQ(factors(0.5, 8, Mode::train, {}, 50).values, ones);
}

TEST_P(Dropout, OfRateZeroIsNoneBitForBit) {
  const auto events = compute::ids(20);
  const auto outcome = [&](bool with) {
    Graph graph{6};
    std::size_t last = add(graph, "batch_norm", add(graph, "silu", dense(graph, 0, 7)));
    if (with) last = add(graph, "dropout", last, {{"rate", 0.0}});
    dense(graph, last, 1);
    const Network network{graph};
    const Buffers at = disturbed(network);
    Passes passes{network, *queue, 20};
    const Tensor z = passes.forward(at.weights, at.buffers, put(random_matrix(20, 6, 1)),
                                    Mode::train, step_of(events));
    passes.backward(at.weights, at.buffers, z, {.weights = true}, at.gradient, {});
    auto all = bits(z);
    for (const Tensor& flat : {at.gradient, at.buffers}) {
      const auto more = bits(flat);
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  };
  EXPECT_TRUE(same_bits(outcome(true), outcome(false)));
}

TEST_P(Dropout, RefusesToDropEverything) {
  Graph graph{3};
  EXPECT_THROW(add(graph, "dropout", 0, {{"rate", 1.0}}), GraphError);
  EXPECT_THROW(add(graph, "dropout", 0, {{"rate", -0.1}}), GraphError);
}

/// 3 inputs -> dense 4 -> tanh -> dropout -> dense 1, in double: sum of z^2 over the events.
struct InDouble {
  static constexpr std::size_t inputs = 3, units = 4;
  static constexpr double rate = 0.25;
  std::size_t rows;
  /// W, b, w, c as the network lays them out, then the inputs.
  std::vector<double> point;

  std::size_t weights() const { return inputs * units + units + units + 1; }
  double operator()(const std::vector<double>& at) const {
    const double *w = at.data(), *b = w + inputs * units, *out = b + units, *c = out + units,
                 *x = at.data() + weights();
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      double z = *c;
      for (std::size_t u = 0; u < units; ++u) {
        double a = b[u];
        for (std::size_t i = 0; i < inputs; ++i) a += x[r * inputs + i] * w[i * units + u];
        z += factor(rate, r, u) * std::tanh(a) * out[u];
      }
      sum += z * z;
    }
    return sum;
  }
  /// d^n sum / dt^n for n = 1, 2 in the direction d, by central differences.
  double along(const std::vector<double>& d, int order, const std::vector<double>& at) const {
    const double step = 1e-4;
    const auto shifted = [&](double t) {
      auto to = at;
      for (std::size_t i = 0; i < to.size(); ++i) to[i] += t * d[i];
      return (*this)(to);
    };
    return order == 1 ? (shifted(step) - shifted(-step)) / (2 * step)
                      : (shifted(step) - 2 * shifted(0) + shifted(-step)) / (step * step);
  }
};

TEST_P(Dropout, AllFourPassesAreTheDifferencesUnderOneMask) {
  constexpr std::size_t rows = 6;
  Graph graph{InDouble::inputs};
  const std::size_t hidden = add(graph, "tanh", dense(graph, 0, InDouble::units));
  dense(graph, add(graph, "dropout", hidden, {{"rate", InDouble::rate}}), 1);
  const Network network{graph};
  const Buffers at = disturbed(network);
  const Reference x = random_matrix(rows, InDouble::inputs, 3);
  InDouble wanted{rows, {}};
  const auto append = [](std::vector<double>& to, const std::vector<Reference>& parts) {
    for (const Reference& part : parts) to.insert(to.end(), part.values.begin(), part.values.end());
  };
  append(wanted.point, segments_of(at.weights));
  append(wanted.point, {x});

  const Tensor v = device->flat(network.weights()), u = put(random_matrix(rows, x.columns, 8)),
               product = device->flat(network.weights()), input_gradient = put(x),
               input_product = put(x), dz = device->matrix(rows, 1),
               dz_tangent = device->matrix(rows, 1);
  queue->normal({5, 5}, std::vector<std::uint64_t>{0}, 1.0F, v);
  const auto events = compute::ids(rows);
  Passes passes{network, *queue, rows + 1};
  const Tensor z =
      passes.forward(at.weights, at.buffers, put(x), Mode::train_frozen, step_of(events));
  queue->axpby(2.0F, z, 0.0F, dz);
  const Tensor z_tangent = passes.tangent_forward(at.weights, at.buffers, v, u);
  queue->axpby(2.0F, z_tangent, 0.0F, dz_tangent);
  passes.backward(at.weights, at.buffers, dz, {true, true}, at.gradient, input_gradient);
  passes.tangent_backward(at.weights, at.buffers, v, dz, dz_tangent, {true, true}, product,
                          input_product);

  std::vector<double> gradient, direction, curvature;
  append(gradient, segments_of(at.gradient));
  append(gradient, {get(input_gradient)});
  append(direction, segments_of(v));
  append(direction, {get(u)});
  append(curvature, segments_of(product));
  append(curvature, {get(input_product)});
  double slope = 0;
  for (std::size_t i = 0; i < wanted.point.size(); ++i) {
    std::vector<double> unit(wanted.point.size(), 0.0);
    unit[i] = 1;
    EXPECT_NEAR(gradient[i], wanted.along(unit, 1, wanted.point), 2e-5) << i;
    // the mixed derivative, from those along the sum and the difference of both directions
    auto sum = direction, difference = direction;
    sum[i] += 1;
    difference[i] -= 1;
    const double mixed =
        (wanted.along(sum, 2, wanted.point) - wanted.along(difference, 2, wanted.point)) / 4;
    EXPECT_NEAR(curvature[i], mixed, 5e-5 * (1 + std::abs(mixed))) << i;
    slope += gradient[i] * direction[i];
  }
  EXPECT_NEAR(slope, wanted.along(direction, 1, wanted.point), 1e-4 * (1 + std::abs(slope)));
}

STEPPE_ON_EVERY_DEVICE(Dropout);

}  // namespace
}  // namespace steppe::network
