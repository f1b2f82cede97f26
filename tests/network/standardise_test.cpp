// Standardised inputs that follow the batches or leave empty slots out, and renewed statistics.
#include "network_fixture.hpp"

namespace steppe::network {
namespace {

using compute::random_matrix;
using compute::Reference;
using compute::same_bits;

/// input -> operation -> the sum of all columns
Graph summed(std::string_view operation, std::size_t columns,
             std::vector<Attribute> attributes = {}) {
  Graph graph{columns};
  dense(graph, add(graph, operation, 0, std::move(attributes)), 1);
  return graph;
}

/// Welford's update, one row at a time (Technometrics 4 (1962) 419).
struct Welford {
  explicit Welford(std::size_t columns) : mean(columns, 0.0L), squares(columns, 0.0L) {}

  void take(const Reference& x) {
    for (std::size_t r = 0; r < x.rows; ++r) {
      ++count;
      for (std::size_t c = 0; c < x.columns; ++c) {
        const long double away = x(r, c) - mean[c];
        mean[c] += away / count;
        squares[c] += away * (x(r, c) - mean[c]);
      }
    }
  }
  double deviation(std::size_t c) const {
    return static_cast<double>(std::sqrt(squares[c] / count));
  }

  long double count = 0;
  std::vector<long double> mean, squares;
};

class StandardiseRunning : public NetworkOnDevice {
 protected:
  static constexpr std::size_t columns = 5;

  /// Columns of different means and deviations; the last one does not vary.
  static Reference batch(std::size_t rows, std::uint64_t number) {
    Reference x = random_matrix(rows, columns, number);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c)
        x(r, c) = static_cast<double>(static_cast<float>(
            std::pow(10.0, static_cast<double>(c) - 2) * x(r, c) + 3.0 * static_cast<double>(c)));
      x(r, columns - 1) = static_cast<double>(0.1F);
    }
    return x;
  }
};

TEST_P(StandardiseRunning, FollowsItsRowsAsWelfordDoes) {
  const Network network{summed("standardise_running", columns)};
  const Buffers at = buffers_for(network);
  Passes passes{network, *queue, 200};
  Welford wanted{columns};
  std::uint64_t number = 0;
  for (const std::size_t rows : {7U, 128U, 1U, 200U, 33U}) {
    const Reference x = batch(rows, ++number);
    passes.forward(at.weights, at.buffers, put(x), Mode::train);
    wanted.take(x);
    const auto buffers = segments_of(at.buffers);
    EXPECT_EQ(buffers[3].values[0], static_cast<double>(wanted.count));
    for (std::size_t c = 0; c < columns; ++c) {
      const double deviation = wanted.deviation(c);
      EXPECT_NEAR(buffers[0].values[c], static_cast<double>(wanted.mean[c]),
                  1e-6 * (deviation + std::abs(static_cast<double>(wanted.mean[c]))));
      if (c + 1 == columns) continue;
      EXPECT_NEAR(buffers[2].values[c], deviation * deviation, 2e-6 * deviation * deviation);
      EXPECT_NEAR(buffers[1].values[c], 1 / (deviation + 1e-8), 2e-6 / deviation);
    }
    EXPECT_EQ(buffers[1].values[columns - 1], 1.0) << "a column without spread";
  }
}

TEST_P(StandardiseRunning, UsesTheMomentsWithTheBatchInThem) {
  const Network network{summed("standardise_running", 1)};
  const Buffers at = buffers_for(network);
  queue->fill(at.weights, 1.0F);
  queue->fill(at.weights.segment(1), 0.0F);
  Reference x{2, 1};
  x.values = {1.0, 5.0};
  Passes passes{network, *queue, 2};
  const Tensor z = passes.forward(at.weights, at.buffers, put(x), Mode::train);
  EXPECT_EQ(get(z).values, (std::vector<double>{-1.0, 1.0}));
  const Tensor ones = device->matrix(2, 1), dx = device->matrix(2, 1);
  queue->fill(ones, 1.0F);
  passes.backward(at.weights, at.buffers, ones, {.inputs = true}, {}, dx);
  EXPECT_EQ(get(dx).values, (std::vector<double>{0.5, 0.5})) << "moments are constants";
}

TEST_P(StandardiseRunning, OnlyTrainingMovesTheMoments) {
  const Network network{summed("standardise_running", columns)};
  const Buffers at = buffers_for(network);
  Passes passes{network, *queue, 20};
  passes.forward(at.weights, at.buffers, put(batch(20, 1)), Mode::train);
  const auto moments = bits(at.buffers);
  for (const Mode mode : {Mode::train_frozen, Mode::inference, Mode::renew})
    passes.forward(at.weights, at.buffers, put(batch(20, 2)), mode);
  EXPECT_TRUE(same_bits(bits(at.buffers), moments));
}

TEST_P(StandardiseRunning, StopsWhenEnoughRowsHaveBeenSeen) {
  const Network network{summed("standardise_running", columns, {{"rows", std::int64_t{50}}})};
  const Buffers at = buffers_for(network);
  Passes passes{network, *queue, 20};
  for (std::uint64_t number = 1; number <= 3; ++number)
    passes.forward(at.weights, at.buffers, put(batch(20, number)), Mode::train);
  const auto moments = bits(at.buffers);
  EXPECT_EQ(segments_of(at.buffers)[3].values[0], 60.0);
  passes.forward(at.weights, at.buffers, put(batch(20, 4)), Mode::train);
  EXPECT_TRUE(same_bits(bits(at.buffers), moments));
}

STEPPE_ON_EVERY_DEVICE(StandardiseRunning);

class StandardiseFilled : public NetworkOnDevice {};

TEST_P(StandardiseFilled, EmptySlotsAreZeroAndHaveNoGradient) {
  const Network network{summed("standardise_filled", 3)};
  const Buffers at = buffers_for(network);
  queue->fill(at.weights, 1.0F);
  queue->fill(at.weights.segment(1), 0.0F);
  const std::vector<float> mean{1.0F, 2.0F, 4.0F}, factor{2.0F, 0.5F, 4.0F};
  network.set_fitted(*queue, at.buffers, {mean, factor});
  Reference x{2, 3}, filled{2, 3};
  x.values = {3.0, 6.0, 5.0, 3.0, 100.0, 5.0};
  filled.values = {1.0, 1.0, 1.0, 1.0, 0.0, 1.0};
  Context context;
  context.filled = put(filled);
  Passes passes{network, *queue, 4};
  for (const Mode mode : {Mode::train, Mode::inference}) {
    const Tensor z = passes.forward(at.weights, at.buffers, put(x), mode, context);
    EXPECT_EQ(get(z).values, (std::vector<double>{4.0 + 2.0 + 4.0, 4.0 + 4.0}));
    const Tensor ones = device->matrix(2, 1), dx = device->matrix(2, 3), u = device->matrix(2, 3);
    queue->fill(ones, 1.0F);
    queue->fill(u, 1.0F);
    passes.backward(at.weights, at.buffers, ones, {.inputs = true}, {}, dx);
    EXPECT_EQ(get(dx).values, (std::vector<double>{2.0, 0.5, 4.0, 2.0, 0.0, 4.0}));
    EXPECT_EQ(get(passes.tangent_forward(at.weights, at.buffers, {}, u)).values,
              (std::vector<double>{6.5, 6.0}));
  }
}

TEST_P(StandardiseFilled, HasToBeToldWhichSlotsAreFilled) {
  const Network network{summed("standardise_filled", 3)};
  const Buffers at = buffers_for(network);
  Passes passes{network, *queue, 4};
  EXPECT_TRUE(network.needs_filled());
  EXPECT_THROW(passes.forward(at.weights, at.buffers, device->matrix(2, 3), Mode::inference),
               GraphError);
}

STEPPE_ON_EVERY_DEVICE(StandardiseFilled);

class RenewedStatistics : public NetworkOnDevice {};

TEST_P(RenewedStatistics, AreTheMeansOverTheBatches) {
  Graph graph{4};
  add(graph, "batch_norm", dense(graph, 0, 1));
  const Network network{graph};
  const Buffers at = disturbed(network);
  const auto weights = segments_of(at.weights);
  Passes passes{network, *queue, 30};
  double mean = 0, variance = 0;
  for (std::size_t b = 1; b <= 3; ++b) {
    const std::size_t rows = 10 * b;
    const Reference x = random_matrix(rows, 4, b);
    Context context;
    context.batch = b;
    passes.forward(at.weights, at.buffers, put(x), Mode::renew, context);
    std::vector<double> h(rows, weights[1].values[0]);
    double own = 0, squares = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t i = 0; i < 4; ++i) h[r] += x(r, i) * weights[0].values[i];
      own += h[r] / static_cast<double>(rows);
    }
    for (const double value : h) squares += (value - own) * (value - own);
    mean += own / 3;
    variance += squares / static_cast<double>(rows - 1) / 3;
  }
  const auto buffers = segments_of(at.buffers);
  EXPECT_EQ(network.statistics(), (std::vector<std::size_t>{0, 1}));
  EXPECT_NEAR(buffers[0].values[0], mean, 1e-6);
  EXPECT_NEAR(buffers[1].values[0], variance, 1e-6 * variance + 1e-7);
}

STEPPE_ON_EVERY_DEVICE(RenewedStatistics);

}  // namespace
}  // namespace steppe::network
