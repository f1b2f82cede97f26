// Processes that die, disks that are full, folders that cannot be written: the store stays whole.
#include <csignal>
#include <cstdio>
#include <random>

#include "store_fixture.hpp"
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace steppe::store {
namespace {

using testing::end_of;
using testing::example;
using testing::in_child;
using testing::numbered;
using testing::refusal;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

enum Verdict { as_expected = 0, otherwise = 1, not_allowed = 77 };

class CrashTest : public testing::Folder {
 protected:
  fs::path home_ = folder_ / "store";
};

/// Whether putting in a megabyte says `reason`, and what was there before is whole still.
int fails_with(Store& store, const std::string& reason) {
  const auto sentence = refusal([&] { store.put(numbered(2), example(1'000'000)); });
  std::size_t seen = 0;
  const bool whole = store.verify(seen).empty() && seen == 1 && store.find(numbered(1));
  if (sentence.find(reason) != std::string::npos && whole) return as_expected;
  std::fprintf(stderr, "'%s', %zu objects\n", sentence.c_str(), seen);
  return otherwise;
}

TEST_F(CrashTest, AWriterKilledAnywhereLeavesAStoreThatVerifies) {
  std::mt19937 random{7};
  std::size_t objects = 0;
  for (int round = 0; round < 50; ++round) {
    const auto child = in_child([&] {
      Store store{home_};
      for (std::uint64_t i = 0;; ++i) {
        const auto lease = store.leases().take(numbered(i % 40));
        store.put(numbered(i % 40), example(20'000));
        store.checkpoints().put(numbered(41), example(20'000, static_cast<float>(i)));
      }
      return 0;
    });
    ::usleep(std::uniform_int_distribution<useconds_t>{0, 20'000}(random));
    ::kill(child, SIGKILL);
    ASSERT_EQ(end_of(child), 128 + SIGKILL);
    Store store{home_};
    ASSERT_TRUE(store.verify(objects).empty()) << "round " << round;
  }
  EXPECT_GT(objects, 0U);
  // A lease that says nothing of its owner, who was killed in between, is free after three beats.
  Store store{home_, {}, 5ms};
  for (std::uint64_t i = 0; i < 40; ++i)
    if (!store.leases().take(numbered(i))) {
      ::usleep(20'000);
      EXPECT_TRUE(store.leases().take(numbered(i)));
    }
}

TEST_F(CrashTest, TwoProcessesWithTheSameKeysLeaveEveryObjectWhole) {
  const auto work = [&] {
    Store store{home_};
    for (std::uint64_t i = 0; i < 50; ++i) {
      store.put(numbered(i), example(5000));
      if (const auto found = store.find(numbered(i)); !found || found->floats("floats")[9] != 10)
        return 1;
    }
    return 0;
  };
  const auto one = in_child(work), two = in_child(work);
  EXPECT_EQ(end_of(one), 0);
  EXPECT_EQ(end_of(two), 0);
  std::size_t seen = 0;
  EXPECT_TRUE(Store{home_}.verify(seen).empty());
  EXPECT_EQ(seen, 50U);
}

TEST_F(CrashTest, AFileThatMayNotGrowIsToldAndLeavesNothing) {
  const auto child = in_child([&] {
    Store store{home_};
    store.put(numbered(1), example());
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
    return fails_with(store, "cannot be written: File too large");
  });
  EXPECT_EQ(end_of(child), as_expected);
  EXPECT_TRUE(fs::is_empty(home_ / "temporary"));
}

TEST_F(CrashTest, AFullDiskIsToldAndLeavesNothing) {
  fs::create_directory(home_);
  const auto child = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
      return int{not_allowed};
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("tmpfs", home_.c_str(), "tmpfs", 0, "size=1m") != 0) return int{not_allowed};
    Store store{home_ / "store"};
    store.put(numbered(1), example());
    const auto out = fails_with(store, "cannot be written: No space left on device");
    return out == as_expected && !fs::is_empty(home_ / "store" / "temporary") ? int{otherwise}
                                                                              : out;
  });
  const auto end = end_of(child);
  if (end == not_allowed) GTEST_SKIP() << "a file system may not be mounted here";
  EXPECT_EQ(end, as_expected);
}

TEST_F(CrashTest, AReadOnlyStoreIsReadAndSaysThatItCannotBeWritten) {
  {
    Store store{home_};
    store.put(numbered(1), example());
  }
  ::chmod(folder_.c_str(), 0755);
  const auto child = in_child([&] {
    for (const auto& entry : fs::recursive_directory_iterator{home_})
      if (entry.is_directory()) ::chmod(entry.path().c_str(), 0555);
    ::chmod(home_.c_str(), 0555);
    // The permissions do not hold for root.
    if (::geteuid() == 0 && ::setuid(65534) != 0) return int{not_allowed};
    Store store{home_};
    const auto no_lease = refusal([&] { (void)store.leases().take(numbered(3)); });
    if (no_lease.find("Permission denied") == std::string::npos) {
      std::fprintf(stderr, "'%s'\n", no_lease.c_str());
      return int{otherwise};
    }
    return fails_with(store, "Permission denied");
  });
  const auto end = end_of(child);
  for (const auto& entry : fs::recursive_directory_iterator{home_})
    if (entry.is_directory()) ::chmod(entry.path().c_str(), 0755);
  ::chmod(home_.c_str(), 0755);
  if (end == not_allowed) GTEST_SKIP() << "this user cannot become another";
  EXPECT_EQ(end, as_expected);
}

TEST_F(CrashTest, OneThatCannotBeMadeIsNamed) {
  EXPECT_THAT(refusal([&] { Store{"/proc/steppe"}; }),
              ::testing::HasSubstr("'/proc/steppe' cannot be used"));
}

}  // namespace
}  // namespace steppe::store
