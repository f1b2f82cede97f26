// Tasks in their order, within a limit of memory, and what becomes of the others when one fails.
#include "framework/run/task_graph.hpp"

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

/// Notes, and what failed.
class Watching final : public Observer {
 public:
  void failed(const std::string& node, const std::string& sentence) override {
    const std::lock_guard lock{mutex_};
    failures.push_back(node + ": " + sentence);
  }
  void note(const std::string& sentence) override {
    const std::lock_guard lock{mutex_};
    notes.push_back(sentence);
  }
  std::vector<std::string> failures, notes;

 private:
  std::mutex mutex_;
};

/// What tasks need side by side, as they count themselves.
class Counted {
 public:
  /// Work that needs `bytes` and takes a moment.
  std::function<std::string()> work(std::uint64_t bytes) {
    return [this, bytes] {
      change(static_cast<std::int64_t>(bytes));
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
      change(-static_cast<std::int64_t>(bytes));
      return std::string{};
    };
  }
  void keep(std::uint64_t bytes) { change(static_cast<std::int64_t>(bytes)); }
  void let_go(std::uint64_t bytes) { change(-static_cast<std::int64_t>(bytes)); }
  std::int64_t most() const { return most_; }

 private:
  void change(std::int64_t bytes) {
    const std::lock_guard lock{mutex_};
    now_ += bytes;
    most_ = std::max(most_, now_);
  }
  std::mutex mutex_;
  std::int64_t now_ = 0, most_ = 0;
};

const auto never = [] { return false; };

std::function<MemoryNeed()> needs(std::uint64_t at_work, std::uint64_t kept = 0) {
  return [=] { return MemoryNeed{at_work, kept}; };
}

TEST(TaskGraph, StaysBelowALimitOfMemory) {
  Watching watching;
  Counted counted;
  TaskGraph tasks{watching, never};
  for (std::uint64_t i = 0; i < 60; ++i)
    tasks.add("t", counted.work(10 + i % 7 * 10), {}, needs(10 + i % 7 * 10));
  tasks.run(4, 100);
  EXPECT_LE(counted.most(), 100);
  EXPECT_GE(counted.most(), 70);
  EXPECT_TRUE(watching.notes.empty());
}

TEST(TaskGraph, CountsWhatIsKeptUntilTheLastThatNeedsItIsDone) {
  // Two that give 40 each for three others of 30: while both 40 are there, one 30 has room.
  Watching watching;
  Counted counted;
  TaskGraph tasks{watching, never};
  std::atomic<int> left[2] = {3, 3};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto given = tasks.add(
        "given",
        [&] {
          counted.keep(40);
          return std::string{};
        },
        {}, needs(40, 40));
    for (int user = 0; user < 3; ++user)
      tasks.add(
          "user",
          [&, i] {
            auto line = counted.work(30)();
            if (--left[i] == 0) counted.let_go(40);
            return line;
          },
          {given}, needs(30));
  }
  tasks.run(4, 110);
  EXPECT_LE(counted.most(), 110);
  EXPECT_EQ(left[0] + left[1], 0);
}

TEST(TaskGraph, RunsATaskThatDoesNotFitAloneAndSaysSo) {
  Watching watching;
  Counted counted;
  TaskGraph tasks{watching, never};
  tasks.add("small", counted.work(60), {}, needs(60));
  tasks.add("large", counted.work(5000), {}, needs(5000));
  tasks.add("small", counted.work(60), {}, needs(60));
  tasks.run(4, 100);
  EXPECT_EQ(counted.most(), 5000);
  ASSERT_EQ(watching.notes.size(), 1U);
  EXPECT_EQ(watching.notes.front(),
            "large may need 5.0 kB, more than the 100 B of --memory; it runs alone");
}

TEST(TaskGraph, LearnsWhatIsKeptOfATaskThatNobodyCouldEstimate) {
  Watching watching;
  TaskGraph tasks{watching, never};
  bool loaded = false;
  std::vector<std::uint64_t> seen;
  const auto data = tasks.add(
      "data", [&] { return loaded = true, std::string{}; }, {},
      [&] {
        return loaded ? MemoryNeed{80, 70} : MemoryNeed{100, 0};
      });
  // 70 are held: of 20 and 20 only one at a time has room.
  Counted counted;
  for (int i = 0; i < 6; ++i) tasks.add("user", counted.work(20), {data}, needs(20));
  tasks.run(4, 100);
  EXPECT_EQ(counted.most(), 20);
}

TEST(TaskGraph, LeavesOutWhatNeedsAFailedTaskAndNamesItOnce) {
  Watching watching;
  TaskGraph tasks{watching, never};
  int done = 0;
  const auto bad = tasks.add(
      "bad", []() -> std::string { throw std::runtime_error{"it is broken"}; }, {}, needs(10, 10));
  const auto behind = tasks.add(
      "behind", [&] { return ++done, std::string{}; }, {bad}, needs(10));
  tasks.add(
      "beside", [&] { return ++done, std::string{}; }, {}, needs(10));
  tasks.run(1, 10);
  EXPECT_EQ(done, 1);
  EXPECT_THAT(watching.failures, ::testing::ElementsAre("bad: it is broken"));
  EXPECT_EQ(tasks.failure(bad), "it is broken");
  EXPECT_EQ(tasks.failure(behind), "");
}

TEST(TaskGraph, TellsOfAFailureSoThatTheOthersCanBeStopped) {
  Watching watching;
  std::atomic<bool> stopped{false};
  std::atomic<int> done{0};
  TaskGraph tasks{watching, [&] { return stopped.load(); }};
  tasks.on_failure([&] { stopped = true; });
  for (int i = 0; i < 20; ++i) tasks.add("beside", [&] { return ++done, std::string{}; }, {});
  tasks.add("bad", []() -> std::string { throw std::runtime_error{"it is broken"}; }, {});
  // With a limit the last of those that are ready goes first, behind the one that begins.
  tasks.run(1, 1000);
  EXPECT_LE(done, 1);
  EXPECT_EQ(watching.failures.size(), 1U);
}

TEST(Amount, HasAUnitThatFits) {
  EXPECT_EQ(amount(999), "999 B");
  EXPECT_EQ(amount(350'100), "350.1 kB");
  EXPECT_EQ(amount(4'000'000'000), "4.0 GB");
}

}  // namespace
}  // namespace steppe::run
