// Walks uphill on trained toy networks: their lengths, balls, classes and chains.
#include "framework/data/batches.hpp"
#include "framework/run/error.hpp"

#include <array>

#include "sharpness_fixture.hpp"

namespace steppe::run {
namespace {

class GradientAscentOn : public SharpnessOn {};

const std::string ascent = "use = \"gradient_ascent\"\nsteps = 4\n";

TEST_P(GradientAscentOn, RisesAtFirstByTheGradientsLength) {
  // For a small step the rise is step * ||g||, and doubling the step doubles it.
  const auto rise = [&](const char* step) {
    return Measured{GetParam(), std::string{"use = \"gradient_ascent\"\nsteps = 1\nstep = "} + step}
        .value("rise");
  };
  const double one = rise("0.001"), two = rise("0.002");
  EXPECT_GT(one, 0);
  EXPECT_NEAR(two / one, 2.0, 0.1);
}

TEST_P(GradientAscentOn, StaysInItsBall) {
  // In a ball smaller than a step the walk stops where the first step ends.
  const Measured free{GetParam(), "use = \"gradient_ascent\"\nsteps = 1\nstep = 0.01\n"};
  const Measured held{GetParam(),
                      "use = \"gradient_ascent\"\nsteps = 1\nstep = 1.0\nradius = 0.01\n"};
  EXPECT_NEAR(held.value("rise"), free.value("rise"), 1e-3 * free.value("rise"));
}

TEST_P(GradientAscentOn, OfEachClassIsThatOfTheClassAndTheMeanCurveOfBoth) {
  const Measured each{GetParam(), ascent + "classes = \"each\"\n"};
  const Measured signal{GetParam(), ascent + "classes = \"signal\"\n"};
  const Measured background{GetParam(), ascent + "classes = \"background\"\n"};
  EXPECT_EQ(each.value("signal.rise"), signal.value("rise"));
  EXPECT_EQ(each.value("background.rise"), background.value("rise"));
  EXPECT_EQ(each.curve("signal.ascent"), signal.curve("ascent"));
  const auto& mean = each.curve("ascent");
  ASSERT_EQ(mean.size(), 5U);
  for (std::size_t i = 0; i < mean.size(); ++i)
    EXPECT_DOUBLE_EQ(mean[i], (signal.curve("ascent")[i] + background.curve("ascent")[i]) / 2);
}

TEST_P(GradientAscentOn, AChainStartsTheSignalWhereTheBackgroundEnded) {
  const Measured free{GetParam(), ascent + "classes = \"each\"\n"};
  const Measured chained{GetParam(), ascent + "classes = \"each\"\nchain = true\n"};
  EXPECT_EQ(chained.curve("background.ascent"), free.curve("background.ascent"));
  EXPECT_EQ(chained.value("background.loss"), free.value("background.loss"));
  EXPECT_NE(chained.value("signal.loss"), free.value("signal.loss"));
  EXPECT_TRUE(testing::same_bits(chained.weights, chained.weights_now()));
}

TEST_P(GradientAscentOn, OnOneClassAChainOfWeightsHasOneLink) {
  const Measured free{GetParam(), ascent};
  const Measured chained{GetParam(), ascent + "chain = true\n"};
  EXPECT_EQ(chained.curve("ascent"), free.curve("ascent"));
}

TEST_P(GradientAscentOn, AChainOfInputsStartsOnTheWeightsOfAWalkOfTheSameLength) {
  const std::string walk = ascent + "batch = 1000\n";
  const Measured weights{GetParam(), walk};
  const Measured inputs{GetParam(), walk +
                                        "space = \"inputs\"\nmove = [\"constituent.*\"]\n"
                                        "chain = true\n"};
  // The inputs' walk begins with the loss that the weights' ended with.
  EXPECT_NEAR(inputs.value("loss"), weights.value("loss") + weights.value("rise"), 1e-6);
  EXPECT_GT(inputs.value("rise"), 0.0);
  EXPECT_TRUE(testing::same_bits(inputs.weights, inputs.weights_now()));
}

TEST_P(GradientAscentOn, AChainOfBatchesGoesOnFromBatchToBatch) {
  // From the second batch on a walk starts higher than it does from the minimum.
  const std::string batches = ascent + "pieces = \"batches\"\nbatch = 150\n";
  const Measured free{GetParam(), batches};
  const Measured chained{GetParam(), batches + "chain = true\n"};
  EXPECT_GT(chained.value("loss"), free.value("loss"));
}

TEST(GradientAscent, AChainNeedsAMeasureThatWalks) {
  const ToMeasure m{"cpu", "use = \"monte_carlo\"\ndraws = 2\nchain = true\n"};
  EXPECT_THROW(m.measure(), RunError);
}

TEST_P(GradientAscentOn, WithStatisticsOfTheBatchTheLossIsThatOfTraining) {
  const std::string walk = ascent + "events = 64\nbatch = 128\n";
  const Measured running{GetParam(), walk};
  const Measured batch{GetParam(), walk + "batch_norm = \"batch\"\n"};
  // The same pass, by hand.
  auto& trained = batch.trained;
  const auto queue = trained.device->queue();
  std::vector<std::uint32_t> rows;
  std::array<int, 2> taken{};
  for (const auto row : batch.rows())
    if (taken[*batch.data->labels().row(row) == 1.0F]++ < 64) rows.push_back(row);
  data::Batch events{*batch.data, *queue, rows.size()};
  events.load(rows);
  BatchLoss loss{*trained.network, *queue, rows.size()};
  loss.forward(trained.at, events.features(), events.labels(), STEPPE_LOSS,
               network::Mode::train_frozen);
  double mean = 0;
  for (const float x : testing::values_of(*queue, loss.values())) mean += double{x} / 128;
  EXPECT_NEAR(batch.value("loss"), mean, 1e-6);
  EXPECT_NE(batch.value("loss"), running.value("loss"));
}

TEST(GradientAscent, StatisticsOfTheBatchLeaveALoneLastEventOut) {
  // 2 x 60 events in batches of 17: seven, and one event that is left out; with one more it is not.
  const std::string walk =
      ascent + "events = 60\nbatch = 17\nbatch_norm = \"batch\"\nspace = \"inputs\"\n";
  EXPECT_TRUE(std::isfinite(Measured("cpu", walk).value("rise")));
  const ToMeasure alone{"cpu", walk + "classes = \"signal\"\n", {"sharpness.it.batch=1"}};
  EXPECT_THROW(alone.measure(), data::DataError);
}

STEPPE_ON_DEVICES(GradientAscentOn);

}  // namespace
}  // namespace steppe::run
