// The store: found again as it was put in, told when it cannot be, cleared from the far end.
#include "framework/store/store.hpp"

#include <thread>

#include "store_fixture.hpp"
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace steppe::store {
namespace {

using ::testing::ElementsAre;
using testing::example;
using ::testing::HasSubstr;
using testing::numbered;
using testing::refusal;
namespace fs = std::filesystem;

class StoreTest : public testing::Folder {
 protected:
  /// Marks an object as used so many hours ago.
  void use(const Store& store, const Key& key, int hours) {
    fs::last_write_time(store.path_of(key),
                        fs::file_time_type::clock::now() - std::chrono::hours{hours});
  }
  static std::vector<Key> keys(const Store& store) {
    std::vector<Key> out;
    for (const auto& one : store.list()) out.push_back(one.key);
    return out;
  }

  fs::path home_ = folder_ / "a" / ".steppe";
  std::vector<std::string> notes_;
  std::function<void(const std::string&)> note_ = [this](const std::string& sentence) {
    notes_.push_back(sentence);
  };
};

TEST_F(StoreTest, GivesBackWhatWasPutIn) {
  {
    Store store{home_};
    EXPECT_FALSE(store.find(numbered(1)));
    store.put(numbered(1), example());
  }
  Store store{home_};
  const auto found = store.find(numbered(1));
  ASSERT_TRUE(found);
  EXPECT_THAT(found->floats("floats"), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_FALSE(store.find(numbered(2)));
  EXPECT_TRUE(fs::is_empty(home_ / "temporary"));
}

TEST_F(StoreTest, ADamagedObjectIsSetAsideWithANoteAndCanBeMadeAgain) {
  Store store{home_, note_};
  store.put(numbered(1), example());
  auto bytes = testing::read(store.path_of(numbered(1)));
  bytes.back() ^= 1;
  testing::write(store.path_of(numbered(1)), bytes);
  EXPECT_FALSE(store.find(numbered(1)));
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_THAT(notes_.front(), HasSubstr("its checksum is wrong"));
  EXPECT_TRUE(fs::exists(home_ / "damaged" / numbered(1).hex()));
  store.put(numbered(1), example());
  EXPECT_TRUE(store.find(numbered(1)));
  EXPECT_EQ(notes_.size(), 1U);
}

TEST_F(StoreTest, VerifyNamesEveryDamagedObject) {
  Store store{home_};
  for (std::uint64_t i = 0; i < 5; ++i) store.put(numbered(i), example());
  std::size_t seen = 0;
  EXPECT_TRUE(store.verify(seen).empty());
  EXPECT_EQ(seen, 5U);
  fs::resize_file(store.path_of(numbered(2)), 100);
  fs::copy_file(store.path_of(numbered(0)), store.path_of(numbered(3)),
                fs::copy_options::overwrite_existing);
  const auto damaged = store.verify(seen);
  ASSERT_EQ(damaged.size(), 2U);
  EXPECT_EQ(seen, 5U);
}

TEST_F(StoreTest, OfANewerVersionIsRefused) {
  { Store store{home_}; }
  testing::write(home_ / "version", "steppe-store/2\n");
  EXPECT_THAT(refusal([&] { Store{home_}; }),
              HasSubstr("has version 2, and this program knows version 1; use a newer steppe"));
  testing::write(home_ / "version", "something else\n");
  EXPECT_THAT(refusal([&] { Store{home_}; }), HasSubstr("is no store: its 'version' says"));
}

TEST_F(StoreTest, AFolderOfOtherThingsIsNotTakenForOne) {
  fs::create_directories(home_);
  testing::write(home_ / "thesis.tex", "\\end");
  EXPECT_THAT(refusal([&] { Store{home_}; }), HasSubstr("is no store: it has other files"));
  testing::write(folder_ / "file", "");
  EXPECT_THAT(refusal([&] { Store{folder_ / "file"}; }), HasSubstr("cannot be used"));
}

TEST_F(StoreTest, OneThatWasHalfMadeIsMade) {
  fs::create_directories(home_ / "objects");
  testing::write(home_ / "version.Ab12Cd", "");
  Store store{home_};
  store.put(numbered(1), example());
  EXPECT_TRUE(Store{home_}.find(numbered(1)));
}

TEST_F(StoreTest, ListsWhatWasUsedLastFirst) {
  Store store{home_};
  for (std::uint64_t i = 0; i < 3; ++i) store.put(numbered(i), example());
  use(store, numbered(0), 2);
  use(store, numbered(1), 3);
  use(store, numbered(2), 1);
  EXPECT_THAT(keys(store), ElementsAre(numbered(2), numbered(0), numbered(1)));
  EXPECT_TRUE(store.find(numbered(1)));
  EXPECT_EQ(keys(store).front(), numbered(1));
  EXPECT_EQ(store.list().front().kind, "example");
  EXPECT_EQ(store.list().front().bytes, fs::file_size(store.path_of(numbered(1))));
}

TEST_F(StoreTest, ClearsWhatWasUsedLeastRecentlyAndNothingThatIsLeased) {
  Store store{home_}, other{home_};
  for (std::uint64_t i = 0; i < 5; ++i) {
    store.put(numbered(i), example());
    use(store, numbered(i), 10 - static_cast<int>(i));
  }
  const auto one = fs::file_size(store.path_of(numbered(0)));
  const auto lease = other.leases().take(numbered(0));
  const auto cleared = store.clear(3 * one);
  EXPECT_EQ(cleared.removed, 2U);
  EXPECT_EQ(cleared.removed_bytes, 2 * one);
  EXPECT_EQ(cleared.kept, 3U);
  EXPECT_EQ(cleared.leased, 1U);
  EXPECT_THAT(keys(store), ElementsAre(numbered(4), numbered(3), numbered(0)));
  EXPECT_EQ(store.clear(0).kept, 1U);
}

TEST_F(StoreTest, ClearingTakesAwayWhatWasLeftBehind) {
  Store store{home_};
  testing::write(home_ / "temporary" / "old.Ab12Cd", "x");
  testing::write(home_ / "temporary" / "new.Ab12Cd", "x");
  testing::write(home_ / "damaged" / numbered(1).hex(), "x");
  fs::last_write_time(home_ / "temporary" / "old.Ab12Cd",
                      fs::file_time_type::clock::now() - std::chrono::hours{2});
  store.clear(1000);
  EXPECT_FALSE(fs::exists(home_ / "temporary" / "old.Ab12Cd"));
  EXPECT_TRUE(fs::exists(home_ / "temporary" / "new.Ab12Cd"));
  EXPECT_TRUE(fs::is_empty(home_ / "damaged"));
}

TEST_F(StoreTest, CheckpointsAreReplacedAndDropped) {
  Store store{home_};
  auto& checkpoints = store.checkpoints();
  checkpoints.put(numbered(1), example(5, 1));
  checkpoints.put(numbered(1), example(5, 10));
  EXPECT_EQ(checkpoints.find(numbered(1))->floats("floats").front(), 10);
  EXPECT_FALSE(store.has(numbered(1)));
  EXPECT_FALSE(store.find(numbered(1)));
  checkpoints.drop(numbered(1));
  EXPECT_FALSE(checkpoints.find(numbered(1)));
  checkpoints.drop(numbered(1));
}

TEST_F(StoreTest, CheckpointsAreListedVerifiedAndSetAsideAsObjectsAre) {
  Store store{home_, note_};
  store.put(numbered(1), example());
  store.checkpoints().put(numbered(2), {"checkpoint", {{"name", "fit, 3 epochs"}}, {}});
  ASSERT_EQ(store.list().size(), 2U);
  std::size_t seen = 0;
  EXPECT_TRUE(store.verify(seen).empty());
  EXPECT_EQ(seen, 2U);
  const auto path = store.checkpoints().path_of(numbered(2));
  fs::resize_file(path, 40);
  EXPECT_THAT(store.verify(seen), ElementsAre(HasSubstr(path.string())));
  EXPECT_FALSE(store.checkpoints().find(numbered(2)));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("it is cut short or damaged; it is set aside")));
  EXPECT_TRUE(fs::exists(home_ / "damaged" / numbered(2).hex()));
}

TEST_F(StoreTest, ClearsCheckpointsByAgeUnlessTheyAreLeasedAndLeftoversFirst) {
  Store store{home_}, other{home_};
  auto& checkpoints = store.checkpoints();
  for (std::uint64_t i = 0; i < 4; ++i) {
    checkpoints.put(numbered(i), example());
    fs::last_write_time(checkpoints.path_of(numbered(i)),
                        fs::file_time_type::clock::now() - std::chrono::hours{i});
  }
  const auto one = fs::file_size(checkpoints.path_of(numbered(0)));
  store.put(numbered(0), example());  // its training is done
  const auto lease = other.leases().take(numbered(3));
  EXPECT_EQ(store.clear(4 * one).removed, 1U);
  EXPECT_FALSE(checkpoints.has(numbered(0)));
  EXPECT_TRUE(store.has(numbered(0)));
  const auto cleared = store.clear(2 * one);
  EXPECT_EQ(cleared.removed, 2U);
  EXPECT_EQ(cleared.leased, 1U);
  EXPECT_TRUE(store.has(numbered(0)));
  EXPECT_FALSE(checkpoints.has(numbered(1)));
  EXPECT_FALSE(checkpoints.has(numbered(2)));
  EXPECT_TRUE(checkpoints.has(numbered(3)));
}

TEST_F(StoreTest, AStoreFromBeforeTheyWereThereTakesCheckpoints) {
  { Store store{home_}; }
  fs::remove(home_ / "checkpoints");
  Store store{home_};
  EXPECT_FALSE(store.checkpoints().find(numbered(1)));
  EXPECT_TRUE(store.list().empty());
  store.checkpoints().put(numbered(1), example());
  EXPECT_TRUE(store.checkpoints().find(numbered(1)));
}

TEST_F(StoreTest, ManyThreadsWithTheSameKeyLeaveOneWholeObject) {
  Store store{home_};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (std::uint64_t round = 0; round < 20; ++round) {
        store.put(numbered(round), example(1000));
        const auto found = store.find(numbered(round));
        ASSERT_TRUE(found);
        EXPECT_EQ(found->floats("floats").back(), 1000);
      }
    });
  for (auto& thread : threads) thread.join();
  std::size_t seen = 0;
  EXPECT_TRUE(store.verify(seen).empty());
  EXPECT_EQ(seen, 20U);
}

}  // namespace
}  // namespace steppe::store
