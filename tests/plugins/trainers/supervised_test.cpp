// What the trainer asks of its session, written down by a session that trains nothing.
#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::Given;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

/// A session of four batches an epoch whose validation losses are given.
struct FakeSession {
  explicit FakeSession(std::vector<double> losses = {}, bool weights = false)
      : validation_losses{std::move(losses)}, moves_weights{weights} {}

  std::vector<double> validation_losses;
  bool moves_weights;

  std::vector<double> fractions, factors;   ///< one a batch
  std::vector<std::string> calls;           ///< store, load, clip, average, renew
  std::vector<double> keeps;                ///< one an average
  std::vector<std::size_t> best;            ///< evaluations whose weights were stored as the best
  std::map<std::string, std::size_t> kept;  ///< names and bytes
  std::uint64_t batch = 0;
  std::size_t evaluations = 0;

  static FakeSession& of(void* self) { return *static_cast<FakeSession*>(self); }

  steppe_session table() {
    steppe_session t{};
    t.size = sizeof t;
    t.self = this;
    t.train_rows = 400;
    t.validation_rows = validation_losses.empty() ? 0 : 100;
    t.attacks = 1;
    t.plan = [](void*, std::uint64_t, std::uint64_t, std::int32_t) -> steppe_status {
      return STEPPE_OK;
    };
    t.keep = [](void* self, const char* name, void*, std::size_t count) -> steppe_status {
      of(self).kept[name] = count;
      return STEPPE_OK;
    };
    t.next_batch = [](void* self, std::uint64_t* rows) -> steppe_status {
      auto& session = of(self);
      *rows = session.batch < 4 ? 100 : 0;
      session.batch = session.batch < 4 ? session.batch + 1 : 0;
      return STEPPE_OK;
    };
    t.attack = [](void* self, std::int32_t, double fraction) -> steppe_status {
      of(self).fractions.push_back(fraction);
      return STEPPE_OK;
    };
    t.gradient = [](void*) -> steppe_status { return STEPPE_OK; };
    t.clip = [](void* self, double) -> steppe_status {
      of(self).calls.emplace_back("clip");
      return STEPPE_OK;
    };
    t.step = [](void* self, double factor) -> steppe_status {
      of(self).factors.push_back(factor);
      return STEPPE_OK;
    };
    t.mean_loss = [](void*, double* loss) -> steppe_status {
      *loss = 1.0;
      return STEPPE_OK;
    };
    t.evaluate = [](void* self, steppe_split, steppe_evaluation* out) -> steppe_status {
      auto& session = of(self);
      out->loss = session.validation_losses.at(session.evaluations++);
      return STEPPE_OK;
    };
    t.log = [](void*, const char*, double) -> steppe_status { return STEPPE_OK; };
    t.store = [](void* self, const char* name) -> steppe_status {
      auto& session = of(self);
      session.calls.push_back(std::string{"store "} + name);
      if (name == std::string{"best"}) session.best.push_back(session.evaluations - 1);
      return STEPPE_OK;
    };
    t.load = [](void* self, const char* name) -> steppe_status {
      of(self).calls.push_back(std::string{"load "} + name);
      return STEPPE_OK;
    };
    t.average = [](void* self, const char*, double keep) -> steppe_status {
      of(self).calls.emplace_back("average");
      of(self).keeps.push_back(keep);
      return STEPPE_OK;
    };
    t.renew_statistics = [](void* self) -> steppe_status {
      of(self).calls.emplace_back("renew");
      return STEPPE_OK;
    };
    t.batches = [](void*, std::uint64_t* count) -> steppe_status {
      *count = 4;
      return STEPPE_OK;
    };
    t.attacked_space = [](void* self, std::int32_t, steppe_space* space) -> steppe_status {
      *space = of(self).moves_weights ? STEPPE_WEIGHTS : STEPPE_INPUTS;
      return STEPPE_OK;
    };
    return t;
  }
};

/// Trains to the end. @returns the number of epochs. @throws steppe::Error.
std::uint64_t train(FakeSession& session, const std::map<std::string, Given>& settings) {
  StageUnderTest trainer{"supervised", settings};
  const auto& functions = trainer.table<steppe_trainer>();
  const auto table = session.table();
  auto& host = trainer.host();
  host.check(functions.begin(trainer.instance(), host.raw(), &table));
  std::uint64_t epoch = 0;
  for (std::int32_t done = 0; !done; ++epoch)
    host.check(functions.epoch(trainer.instance(), host.raw(), &table, epoch, &done));
  return epoch;
}

TEST(Supervised, RampsTheAttackedFractionByEpoch) {
  FakeSession session;
  train(session, {{"epochs", 11},
                  {"keep", "last"},
                  {"adversarial_fraction", 0.8},
                  {"adversarial_from", 4},
                  {"adversarial_ramp", 5}});
  ASSERT_EQ(session.fractions.size(), 44U);
  const std::vector<double> expected{0, 0, 0, 0, 0, 0.16, 0.32, 0.48, 0.64, 0.8, 0.8};
  for (std::size_t i = 0; i < 44; ++i) EXPECT_DOUBLE_EQ(session.fractions[i], expected[i / 4]) << i;
}

TEST(Supervised, CountsTheStepsOfItsScheduleThroughAllEpochs) {
  FakeSession session;
  train(session, {{"epochs", 3}, {"keep", "last"}, {"warm_up", 8}});
  const std::vector<double> expected{0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1, 1, 1};
  EXPECT_EQ(session.factors, expected);
}

TEST(Supervised, StopsWhenPatienceIsOverAndEndsWithTheBest) {
  FakeSession session{{0.9, 0.5, 0.6, 0.5, 0.7, 0.1}};
  EXPECT_EQ(train(session, {{"epochs", 50}, {"patience", 3}}), 5U);
  EXPECT_EQ(session.best, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(session.calls, (std::vector<std::string>{"store best", "store best", "load best"}));
}

TEST(Supervised, ALowerLossStartsPatienceAnew) {
  FakeSession session{{0.9, 1.0, 0.8, 1.0, 0.7, 1.0, 1.0}};
  EXPECT_EQ(train(session, {{"epochs", 50}, {"patience", 2}, {"keep", "last"}}), 7U);
  EXPECT_TRUE(session.calls.empty());
}

TEST(Supervised, WithoutPatienceGoesOnToItsLastEpoch) {
  FakeSession session{{1, 2, 3, 4}};
  EXPECT_EQ(train(session, {{"epochs", 4}}), 4U);
}

TEST(Supervised, AveragesEveryStepForEma) {
  FakeSession session;
  train(session, {{"epochs", 3},
                  {"keep", "last"},
                  {"average", "ema"},
                  {"average_decay", 0.9},
                  {"average_from", 1}});
  EXPECT_EQ(session.keeps, std::vector<double>(8, 0.9));
}

TEST(Supervised, GivesTheMeanOfEpochsTheSameWeightsForSwa) {
  FakeSession session;
  train(session, {{"epochs", 5}, {"keep", "last"}, {"average", "swa"}, {"average_from", 2}});
  EXPECT_EQ(session.keeps, (std::vector<double>{0, 1.0 / 2, 2.0 / 3}));
  // Without validation the mean is looked at once.
  EXPECT_EQ(session.calls, (std::vector<std::string>{"average", "average", "average", "store steps",
                                                     "load average", "renew"}));
}

TEST(Supervised, ValidatesTheMeanWithRenewedStatisticsAndGoesOnWithTheSteps) {
  FakeSession session{{0.1, 0.5, 0.6}};
  train(session, {{"epochs", 3}, {"average", "swa"}, {"average_from", 1}});
  EXPECT_EQ(session.calls,
            (std::vector<std::string>{
                "store best",  // plain weights, no candidate later
                "average", "store steps", "load average", "renew", "store best", "load steps",  //
                "average", "store steps", "load average", "renew", "load best"}));
  EXPECT_EQ(session.best, (std::vector<std::size_t>{0, 1}));
}

TEST(Supervised, PatienceBeginsWithTheMean) {
  FakeSession session{{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8}};
  EXPECT_EQ(
      train(session, {{"epochs", 50}, {"patience", 2}, {"average", "ema"}, {"average_from", 4}}),
      7U);
  EXPECT_EQ(session.best, (std::vector<std::size_t>{0, 4}));
}

TEST(Supervised, RefusesToAverageFromAnEpochThatNeverComes) {
  FakeSession session;
  EXPECT_EQ(
      sentence_of([&] {
        train(session, {{"epochs", 3}, {"keep", "last"}, {"average", "ema"}, {"average_from", 3}});
      }),
      "'average_from' is 3 and there are 3 epochs, from 0; average from an earlier one");
}

TEST(Supervised, KeepsWhatAResumeNeeds) {
  FakeSession session{std::vector{1.0}};
  train(session, {{"epochs", 1}});
  EXPECT_EQ(session.kept,
            (std::map<std::string, std::size_t>{{"best_loss", 8}, {"epochs_since_best", 8}}));
}

TEST(Supervised, LeavesTheGradientAtMovedWeightsUnclippedWhenAsked) {
  for (const bool weights : {false, true})
    for (const bool clip_moved : {false, true}) {
      FakeSession session{{}, weights};
      train(session, {{"epochs", 1}, {"keep", "last"}, {"clip", 5.0}, {"clip_moved", clip_moved}});
      EXPECT_EQ(session.calls.size(), weights && !clip_moved ? 0U : 4U);
    }
}

TEST(Supervised, RefusesPatienceWithoutValidationEvents) {
  FakeSession session;
  EXPECT_EQ(sentence_of([&] {
              train(session, {{"patience", 5}, {"keep", "last"}});
            }),
            "'patience' needs a validation split, and it is empty; set patience = 0 or "
            "[pipeline] splits");
}

}  // namespace
