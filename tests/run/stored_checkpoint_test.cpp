// Checkpoints as files of a store: a stopped study goes on to the results of one that was not
// stopped; what is damaged is set aside, and the training starts anew.
#include "framework/run/keep/stored_checkpoint.hpp"

#include "framework/run/study.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>

#include "checkpoint_fixture.hpp"
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::run {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

pipeline::Plan sparse_plan() {
  return steppe::testing::tiny_plan("\n[attack.ssam_d]\nrho = 0.5\n",
                                    {"values.attack=ssam_d", "values.jets=80",
                                     "model.tagger.hidden=[8]", "trainer.fit.epochs=8"});
}

/// Stops a study once a training has done so many epochs, and keeps the notes.
class Stopper final : public Observer {
 public:
  explicit Stopper(std::uint64_t epochs = ~std::uint64_t{0}) : epochs_{epochs} {}
  void progress(const std::string& /*node*/, std::uint64_t done, std::uint64_t total,
                const char* unit) override {
    if (unit == std::string{"events"} && total > 0 && done * 8 >= epochs_ * total) stop = true;
  }
  void note(const std::string& sentence) override { notes.push_back(sentence); }

  std::atomic<bool> stop{false};
  std::vector<std::string> notes;

 private:
  std::uint64_t epochs_;
};

class StoredCheckpointTest : public ::testing::Test {
 protected:
  StoredCheckpointTest() { fs::create_directory(weights_); }
  ~StoredCheckpointTest() override { fs::remove_all(folder_); }

  StudyOutcome run(Stopper& observer, bool with_store = true) {
    store::Store store{home_, [&](const std::string& sentence) { observer.note(sentence); }};
    return run_study(
        plan_, {1, &observer.stop, weights_, with_store ? &store : nullptr, {"build", {}}, 3600},
        observer);
  }
  /// Weights and history, all there is of a training.
  std::string bytes(const StudyOutcome& outcome) const {
    std::ifstream in{weights_ / outcome.weights.at(0), std::ios::binary};
    std::string out{std::istreambuf_iterator<char>{in}, {}};
    for (const auto& epoch : outcome.results.trainings.at(0).history.epochs)
      for (const double number : epoch) out += fmt::format(" {}", number);
    for (const auto& quantity : outcome.results.rows.at(0).quantities)
      out += fmt::format(" {}", quantity.value);
    return out;
  }

  std::string uninterrupted() {
    Stopper nobody;
    return bytes(run(nobody, false));
  }
  /// The checkpoint of a study that is stopped as it validates its fifth epoch.
  fs::path stopped() {
    Stopper stopper{5};
    EXPECT_TRUE(run(stopper).cancelled);
    fs::path out;
    store::Store{home_}.checkpoints().each(
        [&](const store::Key&, const fs::path& path) { out = path; });
    EXPECT_FALSE(out.empty());
    return out;
  }
  /// What the study says when it is run again, to the same bytes.
  std::vector<std::string> notes_of_rerun(std::size_t resumed) {
    Stopper nobody;
    const auto outcome = run(nobody);
    EXPECT_EQ(outcome.resumed, resumed);
    const auto ended = bytes(outcome);
    EXPECT_EQ(ended, uninterrupted());
    EXPECT_EQ(checkpoints(), 0U);
    return nobody.notes;
  }
  std::size_t checkpoints() {
    std::size_t out = 0;
    store::Store{home_}.checkpoints().each([&](const auto&, const auto&) { ++out; });
    return out;
  }

  pipeline::Plan plan_ = sparse_plan();
  fs::path folder_ = [] {
    auto name = (fs::temp_directory_path() / "checkpoint_test.XXXXXX").string();
    return fs::path{::mkdtemp(name.data())};
  }();
  const fs::path home_ = folder_ / "store", weights_ = folder_ / "weights";
};

TEST_F(StoredCheckpointTest, AStoppedStudyGoesOnToTheSameBytesAndLeavesNone) {
  stopped();
  EXPECT_THAT(notes_of_rerun(1), ElementsAre("fit goes on after epoch 4 of 8"));
}

TEST_F(StoredCheckpointTest, AStudyThatIsNotStoppedHasNothingToGoOnFrom) {
  EXPECT_TRUE(notes_of_rerun(0).empty());
}

TEST_F(StoredCheckpointTest, ADamagedOneIsSetAsideAndTheTrainingStartsAnew) {
  const auto file = stopped();
  {
    std::fstream out{file, std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(-100, std::ios::end);
    out.put('\x55');
  }
  EXPECT_THAT(notes_of_rerun(0), ElementsAre(HasSubstr("its checksum is wrong")));
  EXPECT_TRUE(fs::exists(home_ / "damaged" / file.filename()));
}

TEST_F(StoredCheckpointTest, ATruncatedOneIsSetAsideAndTheTrainingStartsAnew) {
  for (const std::uintmax_t size : {0U, 100U, 5000U}) {
    fs::resize_file(stopped(), size);
    EXPECT_THAT(notes_of_rerun(0), ElementsAre(HasSubstr("it is set aside")));
    for (const auto& object : store::Store{home_}.list()) fs::remove(object.path);
  }
}

TEST_F(StoredCheckpointTest, AWholeOneThatIsNoStateIsSetAsideAndTheTrainingStartsAnew) {
  const auto file = stopped();
  const auto key = *store::parse_key(file.filename().string());
  store::Store{home_}.checkpoints().put(key, {"checkpoint", {{"state", "{}"}}, {}});
  EXPECT_THAT(notes_of_rerun(0),
              ElementsAre(HasSubstr("the checkpoint of fit does not fit: '" + file.string())));
}

TEST_F(StoredCheckpointTest, IsNotLookedForUnderAnotherKey) {
  stopped();
  plan_ = steppe::testing::tiny_plan("\n[attack.ssam_d]\nrho = 0.25\n",
                                     {"values.attack=ssam_d", "values.jets=80",
                                      "model.tagger.hidden=[8]", "trainer.fit.epochs=8"});
  Stopper nobody;
  EXPECT_EQ(run(nobody).resumed, 0U);
  EXPECT_EQ(checkpoints(), 1U);
}

TEST_F(StoredCheckpointTest, StatesComeBackBitForBit) {
  run::testing::SmallTraining training{plan_, "cpu"};
  run::testing::Remembered all;
  training.run(&all);
  auto state = all.taken.back();
  state.history.epochs.front().front() = std::nan("");
  state.stored.emplace("more \"\xC3\xA9\"", state.at);
  const store::Key key{1, 2};
  store::Store store{home_};
  store.checkpoints().put(key, to_artifact(state));
  const auto back = state_of(*store.checkpoints().find(key));
  EXPECT_EQ(store::to_bytes(to_artifact(back), key), store::to_bytes(to_artifact(state), key));
  EXPECT_EQ(back.epochs, 7U);
  EXPECT_EQ(back.steps, state.steps);
  EXPECT_EQ(back.stored.size(), 2U);
  EXPECT_EQ(back.optimizer.size(), 2U);
  EXPECT_EQ(back.kept, state.kept);
  EXPECT_EQ(back.attacks, state.attacks);
  EXPECT_EQ(back.attacks.size(), 1U);
  EXPECT_EQ(back.history.names, state.history.names);
}

}  // namespace
}  // namespace steppe::run
