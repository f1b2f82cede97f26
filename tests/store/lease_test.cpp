// Leases: one has it, and the others get it when that one is gone.
#include "framework/store/owner.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "store_fixture.hpp"

namespace steppe::store {
namespace {

using testing::in_child;
using testing::numbered;
using namespace std::chrono_literals;

const Key key = numbered(1);

/// Two who share a folder, with a clock that is moved by hand. Their own beats are an hour apart.
class LeaseTest : public testing::Folder {
 protected:
  Leases::Clock::time_point now_{};
  std::function<Leases::Clock::time_point()> clock_ = [this] { return now_; };
  Leases first_{folder_, 1h, clock_}, second_{folder_, 1h, clock_};
};

TEST_F(LeaseTest, OneHasItUntilItIsGivenBack) {
  {
    const auto lease = first_.take(key);
    ASSERT_TRUE(lease);
    EXPECT_FALSE(second_.take(key));
    EXPECT_FALSE(first_.take(key));
    EXPECT_TRUE(second_.take(numbered(2)));
    EXPECT_TRUE(second_.taken(key));
  }
  EXPECT_FALSE(second_.taken(key));
  EXPECT_TRUE(second_.take(key));
}

TEST_F(LeaseTest, IsTakenOverWhenThreeBeatsWereMissed) {
  const auto lease = first_.take(key);
  EXPECT_FALSE(second_.take(key));
  now_ += 2h;
  EXPECT_FALSE(second_.take(key));
  now_ += 1h;
  EXPECT_TRUE(second_.take(key));
}

TEST_F(LeaseTest, ABeatKeepsIt) {
  const auto lease = first_.take(key);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(second_.take(key));
    now_ += 2h;
    std::this_thread::sleep_for(20ms);  // so that the time of the file changes
    first_.beat();
  }
  EXPECT_FALSE(second_.take(key));
}

TEST_F(LeaseTest, TheThreadBeatsByItself) {
  Leases beating{folder_, 10ms};
  const auto lease = beating.take(key);
  ASSERT_TRUE(lease);
  const auto before = std::filesystem::last_write_time(folder_ / key.hex());
  std::this_thread::sleep_for(200ms);
  EXPECT_GT(std::filesystem::last_write_time(folder_ / key.hex()), before);
}

TEST_F(LeaseTest, OneThatWasTakenOverIsNotGivenBackByItsFirstOwner) {
  std::optional<Lease> late;
  {
    const auto lease = first_.take(key);
    EXPECT_FALSE(second_.take(key));
    now_ += 3h;
    late = second_.take(key);
    ASSERT_TRUE(late);
  }
  EXPECT_TRUE(first_.taken(key));
  EXPECT_FALSE(first_.take(key));
}

TEST_F(LeaseTest, OfADeadProcessIsTakenOverAtOnce) {
  const auto child = in_child([&] {
    Leases leases{folder_, 1h};
    const auto lease = leases.take(key);
    ::raise(SIGKILL);
    return 0;
  });
  EXPECT_EQ(testing::end_of(child), 128 + SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(folder_ / key.hex()));
  EXPECT_FALSE(first_.taken(key));
  EXPECT_TRUE(first_.take(key));
}

TEST_F(LeaseTest, OfALivingProcessIsNot) {
  int here[2], there[2];
  ASSERT_EQ(::pipe(here), 0);
  ASSERT_EQ(::pipe(there), 0);
  char sign = 'x';
  const auto child = in_child([&] {
    Leases leases{folder_, 1h};
    const auto lease = leases.take(key);
    const bool told = ::write(there[1], &sign, 1) == 1 && ::read(here[0], &sign, 1) == 1;
    return lease && told ? 0 : 1;
  });
  ASSERT_EQ(::read(there[0], &sign, 1), 1);
  EXPECT_FALSE(first_.take(key));
  EXPECT_TRUE(first_.taken(key));
  ASSERT_EQ(::write(here[1], &sign, 1), 1);
  EXPECT_EQ(testing::end_of(child), 0);
  EXPECT_TRUE(first_.take(key));
}

TEST_F(LeaseTest, OfAProcessThatHasEndedIsFreeBeforeItsParentAsksHow) {
  auto owner = this_process();
  owner.started = 0;  // of the child, which is not known here
  owner.process = testing::in_child([] { return 0; });
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(owner.process), &ended, WEXITED | WNOWAIT);
  EXPECT_TRUE(surely_gone(owner));
  EXPECT_EQ(testing::end_of(static_cast<pid_t>(owner.process)), 0);
}

TEST_F(LeaseTest, OfAnotherHostOrBootIsNeverTakenForDead) {
  auto owner = this_process();
  owner.process = 999'999'999;
  EXPECT_TRUE(surely_gone(owner));
  owner.host += "-2";
  EXPECT_FALSE(surely_gone(owner));
  owner = this_process();
  EXPECT_FALSE(surely_gone(owner));
  ++owner.started;  // its number was given to another process
  EXPECT_TRUE(surely_gone(owner));
  owner.boot += "-2";
  EXPECT_FALSE(surely_gone(owner));
  EXPECT_EQ(parse_owner(to_text(owner)), owner);
  EXPECT_EQ(parse_owner("half a"), std::nullopt);
}

TEST_F(LeaseTest, OfManyWhoAskAtOnceOneGetsIt) {
  for (std::uint64_t round = 0; round < 50; ++round) {
    std::vector<std::optional<Lease>> got(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < got.size(); ++i)
      threads.emplace_back(
          [&, i] { got[i] = (i % 2 == 0 ? first_ : second_).take(numbered(round)); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count_if(got, [](const auto& lease) { return lease.has_value(); }), 1);
  }
}

}  // namespace
}  // namespace steppe::store
