// Attacks with projectors: projected ascent, angles across the seam, integers that small steps
// reach, and held entries that no projector touches.
#include "framework/run/objective/attacker.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::Bench;
using testing::same_bits;
using testing::tiny_plan;

constexpr std::size_t rows = 40;
constexpr float pi = 3.14159265F;

class ProjectionOn : public ::testing::TestWithParam<const char*> {
 protected:
  /// Attacks a batch, which `prepare` may change first. @returns the features afterwards.
  std::vector<float> attacked(
      const std::string& name, const std::string& toml, std::vector<std::string> sets = {},
      const std::function<void()>& prepare = [] {}) {
    sets.push_back("values.attack=" + name);
    const auto plan = tiny_plan("\n" + toml, sets);
    bench = std::make_unique<Bench>(plan, GetParam(), rows);
    prepare();
    before = bench->features();
    auto attacker = testing::attacker_on(*bench, plan);
    attacker.move_events(bench->loss, bench->at, bench->batch, rows, {});
    return bench->features();
  }

  const Column& column(std::size_t index) const {
    return bench->data->columns().items[bench->data->feature_columns()[index % columns()]];
  }
  std::size_t columns() const { return bench->data->features().columns; }
  bool filled(std::size_t index) const {
    const int mask = bench->data->mask_of()[index % columns()];
    return mask < 0 || bench->data->masks().row(index / columns())[mask] == 1.0F;
  }
  /// x <- change(x) in the columns whose name ends so.
  void change(const std::string& ending, const std::function<float(float)>& change) {
    const compute::Mapped view{*bench->queue, bench->batch.features()};
    for (std::size_t c = 0; c < columns(); ++c)
      for (std::size_t r = 0; r < rows && column(c).name.ends_with(ending); ++r)
        view->row(r)[c] = change(view->row(r)[c]);
  }

  std::unique_ptr<Bench> bench;
  std::vector<float> before;
};

const std::vector<std::string> linear{"model.tagger.hidden=[]", "model.tagger.preprocess=[]"};

TEST_P(ProjectionOn, PgdIsProjectedAscentWrittenByHandBitForBit) {
  const std::string settings = "[attack.pgd]\nepsilon = 0.3\nalpha = 0.125\nsteps = 4\n";
  const auto pgd = attacked(
      "pgd", "[projector.unit]\nuse = \"box\"\ncolumns = [\"*.is_*\"]\nlow = 0\nhigh = 1\n" +
                 settings + "project = [\"unit\"]\n");
  Bench hand{tiny_plan(), GetParam(), rows};
  auto& queue = *hand.queue;
  const auto x = hand.batch.features();
  const auto clean = hand.device->matrix(rows, x.columns);
  const auto slope = hand.device->matrix(rows, x.columns);
  queue.copy(x, clean);
  for (int step = 0; step < 4; ++step) {
    hand.loss.forward(hand.at, x, hand.batch.labels(), STEPPE_LOSS, network::Mode::train_frozen);
    hand.loss.input_gradient(slope);
    queue.sign(slope, slope);
    queue.axpy(0.125F, slope, x);
    queue.clamp_around(clean, 0.3F, x);
    const compute::Mapped view{queue, x};
    for (std::size_t i = 0; i < rows * x.columns; ++i) {
      float& value = view->row(i / x.columns)[i % x.columns];
      if (column(i).name.find(".is_") != std::string::npos) value = std::clamp(value, 0.0F, 1.0F);
    }
  }
  EXPECT_TRUE(same_bits(pgd, hand.features()));
  EXPECT_FALSE(same_bits(pgd, attacked("pgd", settings)));
}

TEST_P(ProjectionOn, AnAttackThatKnowsNothingOfItEndsInTheBoxToo) {
  const auto after =
      attacked("fgsm",
               "[projector.box]\nlow = -0.5\nhigh = [0.75]\n[attack.fgsm]\nepsilon = 0.3\n"
               "project = \"box\"\n");
  for (const float x : after) ASSERT_TRUE(x >= -0.5F && x <= 0.75F) << x;
}

TEST_P(ProjectionOn, NoProjectorTouchesWhatIsHeld) {
  const auto after = attacked("pgd",
                              "[projector.box]\nlow = 5\nhigh = 6\n[attack.pgd]\nepsilon = 0.3\n"
                              "hold = [\"*.charge\", \"padding\"]\nproject = [\"box\"]\n");
  std::size_t kept = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (!filled(i) || column(i).name.ends_with(".charge")) {
      ASSERT_EQ(std::memcmp(&after[i], &before[i], sizeof(float)), 0) << column(i).name;
      ++kept;
    } else {
      ASSERT_TRUE(after[i] >= 5.0F && after[i] <= 6.0F) << column(i).name;
    }
  }
  EXPECT_GT(kept, rows * 40);
}

TEST_P(ProjectionOn, FgsmWithFrozenColumnsIsFgsmThatHoldsThem) {
  const auto frozen = attacked("fgsm",
                               "[projector.frozen]\ncolumns = [\"jet.*\", \"*.charge\"]\n"
                               "[attack.fgsm]\nproject = [\"frozen\"]\n");
  EXPECT_TRUE(
      same_bits(frozen, attacked("fgsm", "[attack.fgsm]\nhold = [\"jet.*\", \"*.charge\"]\n")));
}

TEST_P(ProjectionOn, PgdWalksAcrossTheSeamOfAnAngle) {
  // All steps on a linear model go the same way, so the walk ends where one long step does.
  const auto to_the_seam = [&] {
    change("delta_phi", [](float x) { return x < 0 ? -3.1F : 3.1F; });
  };
  const std::string project = "move = [\"*.delta_phi\"]\nproject = [\"phi_wrap\"]\n";
  const auto pgd =
      attacked("pgd", "[attack.pgd]\nepsilon = 0.1\nalpha = 0.03\nsteps = 5\n" + project, linear,
               to_the_seam);
  const auto fgsm =
      attacked("fgsm", "[attack.fgsm]\nepsilon = 0.1\n" + project, linear, to_the_seam);
  std::size_t crossed = 0;
  for (std::size_t i = 0; i < pgd.size(); ++i) {
    ASSERT_NEAR(pgd[i], fgsm[i], 2e-6 * (1 + std::abs(fgsm[i]))) << column(i).name;
    if (column(i).name.ends_with("delta_phi")) {
      ASSERT_LE(std::abs(pgd[i]), pi);
      crossed += pgd[i] * before[i] < 0;
    }
  }
  EXPECT_GT(crossed, rows);
}

TEST_P(ProjectionOn, SmallStepsAddUpToTheNextInteger) {
  const auto after = attacked("pgd",
                              "[attack.pgd]\nepsilon = 0.8\nalpha = 0.2\nsteps = 4\n"
                              "move = [\"*.charge\"]\nproject = [\"integer\"]\n",
                              linear);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (!column(i).name.ends_with(".charge")) continue;
    ASSERT_EQ(after[i], std::nearbyint(after[i]));
    moved += std::abs(after[i] - before[i]) == 1.0F;
  }
  EXPECT_GT(moved, rows * 39);
}

TEST_P(ProjectionOn, ARefusalNamesTheProjector) {
  try {
    attacked("fgsm",
             "[projector.box]\ncolumns = [\"jets.*\"]\n[attack.fgsm]\nproject = [\"box\"]\n");
    FAIL() << "accepted";
  } catch (const plugin::PluginError& error) {
    EXPECT_NE(std::string{error.what()}.find("projector 'box': 'jets.*' covers no feature column"),
              std::string::npos)
        << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, ProjectionOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe::run
