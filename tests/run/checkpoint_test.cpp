// A training that goes on after any of its epochs ends with the bytes of one that was never
// stopped, whatever it is made of.
#include <tuple>
#include <utility>

#include "checkpoint_fixture.hpp"
#include "devices.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using ::testing::ElementsAre;
using testing::Ended;
using testing::Remembered;
using testing::SmallTraining;

struct Case {
  const char* name;
  std::vector<std::string> sets;
  const char* more = "";
};

pipeline::Plan plan_of(const Case& one) {
  std::vector<std::string> sets{"values.jets=80", "model.tagger.hidden=[8]",
                                "trainer.fit.epochs=6"};
  sets.insert(sets.end(), one.sets.begin(), one.sets.end());
  return steppe::testing::tiny_plan(one.more, sets);
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"keep_best", {"optimizer.adamw.learning_rate=0.05"}},
      {"keep_last", {"trainer.fit.keep=last"}},
      {"patience", {"trainer.fit.patience=2", "optimizer.adamw.learning_rate=0.1"}},
      {"ema", {"trainer.fit.average=ema", "trainer.fit.average_from=1"}},
      {"swa", {"trainer.fit.average=swa", "trainer.fit.average_from=2"}},
      {"swa_last", {"trainer.fit.average=swa", "trainer.fit.keep=last"}},
      {"one_cycle", {"trainer.fit.schedule=one_cycle", "trainer.fit.warm_up=3"}},
      {"cosine", {"trainer.fit.schedule=cosine"}},
      {"step", {"trainer.fit.schedule=step", "trainer.fit.decay_every=2"}},
      {"clip", {"trainer.fit.clip=0.1"}},
      {"drop_last", {"trainer.fit.drop_last=true"}},
      {"balanced", {"trainer.fit.balance_classes=true"}},
      {"dropout", {"model.tagger.dropout=0.3"}},
      {"running_moments", {"model.tagger.preprocess=[\"standardise_running\"]"}},
      {"raw", {"model.tagger.preprocess=[]"}},
      {"sgd",
       {"trainer.fit.optimizer=sgd"},
       "\n[optimizer.sgd]\nlearning_rate = 0.05\nmomentum = 0.9\n"},
      {"fgsm", {"values.attack=fgsm"}, "\n[attack.fgsm]\nepsilon = 0.05\n"},
      {"ramp",
       {"values.attack=fgsm", "trainer.fit.adversarial_from=2", "trainer.fit.adversarial_ramp=2"},
       "\n[attack.fgsm]\nepsilon = 0.05\nunit = \"sigma\"\n"},
      {"pgd",
       {"values.attack=pgd"},
       "\n[attack.pgd]\nepsilon = 0.05\nalpha = 0.02\nsteps = 2\nstart = \"random\"\n"
       "restarts = 2\n"},
      {"noise", {"values.attack=noise"}, "\n[attack.noise]\nepsilon = 0.05\n"},
      {"sam",
       {"values.attack=sam", "trainer.fit.clip=0.5", "trainer.fit.clip_moved=false"},
       "\n[attack.sam]\nrho = 0.1\n"},
      {"ssam_d", {"values.attack=ssam_d"}, "\n[attack.ssam_d]\nrho = 0.5\nupdate_every = 2\n"},
      {"noise_and_ssam_d",
       {"trainer.fit.attack=[\"noise\", \"ssam_d\"]"},
       "\n[attack.noise]\nepsilon = 0.05\n[attack.ssam_d]\nrho = 0.5\nupdate_every = 1\n"
       "update = \"before\"\n"}};
  return all;
}

class CheckpointOf : public ::testing::TestWithParam<std::tuple<std::size_t, const char*>> {};

TEST_P(CheckpointOf, EveryEpochLeadsToTheSameBytes) {
  const auto& [index, device] = GetParam();
  const auto plan = plan_of(cases()[index]);
  SmallTraining training{plan, device};
  const auto uninterrupted = training.run();
  Remembered all;
  EXPECT_EQ(training.run(&all), uninterrupted) << "a checkpoint changes what it is taken of";
  const auto epochs = uninterrupted.history.epochs.size();
  ASSERT_GE(epochs, 3U);
  ASSERT_EQ(all.taken.size(), epochs - 1) << "the last epoch needs none";
  for (std::size_t k = 1; k < epochs; ++k) {
    Remembered resumed;
    resumed.given = all.taken[k - 1];
    EXPECT_EQ(training.run(&resumed), uninterrupted) << "after epoch " << k;
    EXPECT_EQ(resumed.went_on_after, k);
    EXPECT_TRUE(resumed.refused.empty());
    EXPECT_EQ(resumed.taken.size(), epochs - 1 - k);
  }
}

std::string name_of(const ::testing::TestParamInfo<CheckpointOf::ParamType>& one) {
  return std::string{cases()[std::get<0>(one.param)].name} + "_" + std::get<1>(one.param);
}

INSTANTIATE_TEST_SUITE_P(Trainings, CheckpointOf,
                         ::testing::Combine(::testing::Range(std::size_t{0}, cases().size()),
                                            ::testing::ValuesIn(tested_devices())),
                         name_of);

/// What is taken of a training of six epochs that is stopped inside the one of this number, from 0.
std::vector<TrainingState> stopped_in(std::size_t epoch, Remembered& checkpoint) {
  const auto plan = plan_of({"", {}});
  SmallTraining training{plan, "cpu"};
  std::size_t asked = 0;
  training.run(nullptr, [&] { return ++asked == 0; });
  const auto in_an_epoch = std::exchange(asked, 0) / 6;
  EXPECT_THROW(training.run(&checkpoint, [&] { return ++asked > epoch * in_an_epoch + 1; }),
               plugin::Cancelled);
  return checkpoint.taken;
}

TEST(Checkpoint, OfAStoppedTrainingIsItsLastWholeEpoch) {
  for (const std::size_t epoch : {1U, 3U, 5U}) {
    Remembered checkpoint;
    checkpoint.after_every_epoch = false;
    const auto taken = stopped_in(epoch, checkpoint);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken.front().epochs, epoch);
    const auto plan = plan_of({"", {}});
    SmallTraining training{plan, "cpu"};
    Remembered resumed;
    resumed.given = taken.front();
    EXPECT_EQ(training.run(&resumed), training.run());
  }
}

TEST(Checkpoint, OfATrainingStoppedInItsFirstEpochIsNone) {
  Remembered checkpoint;
  EXPECT_TRUE(stopped_in(0, checkpoint).empty());
}

TEST(Checkpoint, ThatWasPutIsNotPutAgainAtTheStop) {
  Remembered checkpoint;
  const auto taken = stopped_in(2, checkpoint);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken.back().epochs, 2U);
}

/// States of a training with SSAM-D after each epoch.
struct Sparse {
  pipeline::Plan plan = plan_of({"", {"values.attack=ssam_d"}, "\n[attack.ssam_d]\nrho = 0.5\n"});
  SmallTraining training{plan, "cpu"};
  Ended uninterrupted = training.run();
  std::vector<TrainingState> states = [this] {
    Remembered all;
    training.run(&all);
    return all.taken;
  }();

  /// Why a changed state is refused; the training starts anew, to the same bytes.
  template <class Change>
  std::vector<std::string> refusals_of(const Change& change) {
    Remembered resumed;
    resumed.given = states[2];
    change(*resumed.given);
    EXPECT_EQ(training.run(&resumed), uninterrupted);
    EXPECT_EQ(resumed.taken.size(), states.size());
    return resumed.refused;
  }
};

TEST(Checkpoint, ThatDoesNotFitIsRefusedAndTheTrainingStartsAnew) {
  Sparse of;
  using State = TrainingState;
  EXPECT_THAT(of.refusals_of([](State& s) { s.at.weights.pop_back(); }),
              ElementsAre("its weights are those of another network"));
  EXPECT_THAT(of.refusals_of([](State& s) { s.stored.begin()->second.buffers.push_back(0); }),
              ElementsAre("its weights are those of another network"));
  EXPECT_THAT(of.refusals_of([](State& s) { s.optimizer.pop_back(); }),
              ElementsAre("its optimizer keeps something else"));
  EXPECT_THAT(of.refusals_of([](State& s) { s.kept.begin()->second.pop_back(); }),
              ElementsAre("its trainer keeps something else"));
  EXPECT_THAT(of.refusals_of([](State& s) { s.attacks.clear(); }),
              ElementsAre("it has other attacks"));
  EXPECT_THAT(of.refusals_of([](State& s) { s.history.epochs.pop_back(); }),
              ElementsAre("its history has other epochs"));
}

TEST(Checkpoint, ThatItsOwnAttackDoesNotTakeIsRefusedAsWell) {
  Sparse of;
  const auto why = of.refusals_of([](TrainingState& s) { s.attacks.front().pop_back(); });
  ASSERT_EQ(why.size(), 1U);
  EXPECT_THAT(why.front(), ::testing::HasSubstr("attack 'ssam_d': saved state has"));
}

/// With the plugins of this folder beside those of the build.
pipeline::Plan odd_plan(const std::string& more, std::vector<std::string> sets) {
  static const auto plugins = plugin::Catalogue::load(
      {{STEPPE_PLUGINS_DIR, "build", true}, {STEPPE_RUN_TEST_PLUGINS, "tests of run", true}});
  sets.insert(sets.end(), {"values.jets=80", "model.tagger.hidden=[8]"});
  return verify::plan_of(plugins, std::string{verify::tiny_data} + verify::tiny_network + more,
                         sets);
}

constexpr auto of_odd_trainer = R"(
[trainer.odd]
data      = "features"
model     = "tagger"
optimizer = "adamw"
)";

TEST(Checkpoint, HasNoStepThatIsHalfDone) {
  const auto plan = odd_plan(of_odd_trainer, {});
  SmallTraining training{plan, "cpu"};
  const auto uninterrupted = training.run();
  Remembered all;
  EXPECT_EQ(training.run(&all), uninterrupted);
  ASSERT_EQ(all.taken.size(), 1U);
  EXPECT_EQ(all.taken.front().epochs, 2U);
  Remembered resumed;
  resumed.given = all.taken.front();
  EXPECT_EQ(training.run(&resumed), uninterrupted);
  EXPECT_EQ(resumed.went_on_after, 2U);
}

TEST(Session, ABatchDoesNotOutliveItsEpoch) {
  const auto plan = odd_plan(of_odd_trainer, {"trainer.odd.hasty=true"});
  try {
    SmallTraining{plan, "cpu"}.run();
    FAIL() << "a batch of the epoch before was taken";
  } catch (const plugin::PluginError& error) {
    EXPECT_STREQ(error.what(),
                 "trainer 'odd': there is no batch; call 'next_batch' first, in every epoch");
  }
}

/// What is said of a training with an attack of this name, which leaves no checkpoint.
std::vector<std::string> notes_with(const std::string& attack) {
  const auto plan = odd_plan("[attack." + attack +
                                 "]\n[trainer.fit]\nuse = \"supervised\"\nepochs = 3\n"
                                 "data = \"features\"\nmodel = \"tagger\"\n"
                                 "optimizer = \"adamw\"\nattack = \"" +
                                 attack + "\"\n",
                             {});
  SmallTraining training{plan, "cpu"};
  const auto plain = training.run();
  EXPECT_TRUE(training.notes.empty());
  Remembered checkpoint;
  EXPECT_EQ(training.run(&checkpoint), plain);
  EXPECT_TRUE(checkpoint.taken.empty());
  return training.notes;
}

TEST(Checkpoint, IsNoneWhereAnAttackCannotSaveItsStateAndANoteSaysSo) {
  EXPECT_THAT(notes_with("forgetful"),
              ElementsAre("attack 'forgetful' has a state that it cannot save; a training with it "
                          "leaves no checkpoints"));
  EXPECT_THAT(notes_with("reluctant"),
              ElementsAre("attack 'reluctant': failed with status 4 and said nothing; a training "
                          "with it leaves no checkpoints"));
}

}  // namespace
}  // namespace steppe::run
