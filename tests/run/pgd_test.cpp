// PGD: one full step is FGSM, its balls are kept, its best is no worse than its last, and on
// logistic regression it ends where FGSM does.
#include "framework/run/objective/attacker.hpp"

#include <cmath>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using testing::Bench;
using testing::same_bits;
using testing::tiny_plan;

constexpr std::size_t rows = 40;

class PgdOn : public ::testing::TestWithParam<const char*> {
 protected:
  /// Attacks a batch. @returns the features afterwards.
  std::vector<float> attacked(const std::string& name, const std::string& settings,
                              std::vector<std::string> sets = {}) {
    sets.push_back("values.attack=" + name);
    const auto plan = tiny_plan("\n[attack." + name + "]\n" + settings, sets);
    bench = std::make_unique<Bench>(plan, GetParam(), rows);
    before = bench->features();
    auto attacker = testing::attacker_on(*bench, plan);
    attacker.move_events(bench->loss, bench->at, bench->batch, rows, {});
    return bench->features();
  }

  std::unique_ptr<Bench> bench;
  std::vector<float> before;
};

TEST_P(PgdOn, WithOneFullStepIsFgsmBitForBit) {
  const auto fgsm = attacked("fgsm", "epsilon = 0.007\n");
  EXPECT_TRUE(same_bits(attacked("pgd", "epsilon = 0.007\nalpha = 0.007\nsteps = 1\n"), fgsm));
  EXPECT_TRUE(same_bits(attacked("pgd", "epsilon = 0.007\nalpha = 0.01\nsteps = 1\n"), fgsm));
}

TEST_P(PgdOn, OnALogisticModelEndsAtTheExactWorstCase) {
  const std::vector<std::string> no_layers{"model.tagger.hidden=[]", "model.tagger.preprocess=[]"};
  const auto fgsm = attacked("fgsm", "epsilon = 0.05\n", no_layers);
  const auto pgd = attacked("pgd", "epsilon = 0.05\nalpha = 0.02\nsteps = 6\n", no_layers);
  for (std::size_t i = 0; i < fgsm.size(); ++i)
    ASSERT_NEAR(pgd[i], fgsm[i], 1e-6 * (1 + std::abs(fgsm[i])));
}

TEST_P(PgdOn, InTheEuclideanBallMovesEachEventAtMostEpsilon) {
  for (const std::string start : {"point", "random"}) {
    const auto after = attacked("pgd",
                                "epsilon = 0.3\nalpha = 0.2\nsteps = 3\nnorm = \"l2\"\n"
                                "start = \"" +
                                    start + "\"\n");
    const auto columns = after.size() / rows;
    for (std::size_t r = 0; r < rows; ++r) {
      double square = 0;
      for (std::size_t i = r * columns; i < (r + 1) * columns; ++i)
        square += std::pow(static_cast<double>(after[i]) - static_cast<double>(before[i]), 2);
      // Values of a few units carry rounding of 2e-7 each.
      EXPECT_LE(std::sqrt(square), 0.3 + 1e-5) << start;
      EXPECT_GT(square, 0.0) << start;
    }
  }
}

TEST_P(PgdOn, ItsBestIsNeverWorseThanItsLastOrTheCleanEvent) {
  // With running statistics an event's loss is its own.
  const std::string settings =
      "epsilon = 0.3\nalpha = 0.25\nsteps = 4\nbatch_norm = \"inference\"\n";
  const auto losses = [&](const std::string& more) {
    attacked("pgd", more.starts_with("epsilon") ? more : settings + more);
    bench->loss.forward(bench->at, bench->batch.features(), bench->batch.labels(), STEPPE_LOSS,
                        network::Mode::inference);
    return testing::values_of(*bench->queue, bench->loss.values());
  };
  const auto last = losses("keep = \"last\"\n");
  const auto best = losses("keep = \"best\"\n");
  const auto of_three = losses("keep = \"best\"\nstart = \"random\"\nrestarts = 3\n");
  const auto of_one = losses("keep = \"best\"\nstart = \"random\"\n");
  const auto clean = losses("epsilon = 0.0\n");
  for (std::size_t r = 0; r < rows; ++r) {
    EXPECT_GE(best[r], last[r]);
    EXPECT_GE(of_three[r], of_one[r]);
    EXPECT_GE(best[r], clean[r]);
  }
}

TEST_P(PgdOn, ClimbsInTheSpaceOfTheWeights) {
  const auto plan = tiny_plan(
      "\n[attack.pgd]\nepsilon = 0.2\nalpha = 0.1\nsteps = 3\nnorm = \"l2\"\nkeep = \"best\"\n"
      "space = \"weights\"\n",
      {"values.attack=pgd"});
  Bench at_start{plan, GetParam(), rows};
  const auto weights = testing::values_of(*at_start.queue, at_start.at.weights);
  const auto clean = at_start.losses();
  auto attacker = testing::attacker_on(at_start, plan);
  attacker.move_weights(at_start.loss, at_start.at, at_start.batch, {});
  const auto moved = testing::values_of(*at_start.queue, at_start.at.weights);
  double square = 0, raised = 0;
  for (std::size_t i = 0; i < moved.size(); ++i)
    square += std::pow(static_cast<double>(moved[i]) - static_cast<double>(weights[i]), 2);
  EXPECT_NEAR(std::sqrt(square), 0.2, 1e-5);
  const auto after = at_start.losses();
  for (std::size_t r = 0; r < rows; ++r) raised += after[r] - clean[r];
  EXPECT_GT(raised, 0.0);
}

TEST_P(PgdOn, BatchNormOfItsPassesIsWiring) {
  const std::string settings = "epsilon = 0.1\nalpha = 0.05\nsteps = 2\n";
  std::vector<std::vector<float>> moved;
  for (const std::string mode : {"batch", "train", "inference"}) {
    moved.push_back(attacked("pgd", settings + "batch_norm = \"" + mode + "\"\n"));
    const auto statistics = testing::values_of(*bench->queue, bench->at.buffers);
    Bench untouched{tiny_plan(), GetParam(), rows};
    const auto before_it = testing::values_of(*untouched.queue, untouched.at.buffers);
    EXPECT_EQ(same_bits(statistics, before_it), mode != "train") << mode;
  }
  EXPECT_TRUE(same_bits(moved[0], moved[1]));
  EXPECT_FALSE(same_bits(moved[0], moved[2]));
}

INSTANTIATE_TEST_SUITE_P(Devices, PgdOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe
