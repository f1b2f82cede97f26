// Chunks that are worked on side by side and arrive in order.
#include "framework/run/events/conveyor.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::run {
namespace {

/// `work` on so many threads, more than there are cores if need be.
template <class Work>
void on_threads(int threads, const Work& work) {
  const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads)};
  tbb::task_arena arena{threads};
  arena.execute(work);
}

Chunk numbered(std::uint64_t number) { return {1, {static_cast<float>(number)}, {number}}; }

TEST(Conveyor, DeliversInTheOrderInWhichChunksCame) {
  for (const int threads : {1, 2, 4})
    on_threads(threads, [] {
      std::vector<std::uint64_t> order;
      Conveyor conveyor{[](Chunk& chunk) {
                          if (chunk.event_ids[0] % 3 == 0) std::this_thread::yield();
                          chunk.values[0] *= 2;
                        },
                        [&](Chunk&& chunk) {
                          EXPECT_EQ(chunk.values[0], 2 * static_cast<float>(chunk.event_ids[0]));
                          order.push_back(chunk.event_ids[0]);
                        }};
      for (std::uint64_t n = 0; n < 500; ++n) conveyor.add(numbered(n));
      conveyor.finish();
      ASSERT_EQ(order.size(), 500U);
      for (std::uint64_t n = 0; n < 500; ++n) EXPECT_EQ(order[n], n);
    });
}

TEST(Conveyor, HasABoundedNumberOnTheWay) {
  for (const int threads : {1, 2, 4})
    on_threads(threads, [&] {
      std::uint64_t added = 0, most = 0;
      std::atomic<std::uint64_t> delivered = 0;
      Conveyor conveyor{[](Chunk&) {}, [&](Chunk&&) { ++delivered; }};
      for (; added < 300; ++added) {
        most = std::max(most, added - delivered);
        conveyor.add(numbered(added));
      }
      conveyor.finish();
      EXPECT_EQ(delivered, 300U);
      EXPECT_LE(most, threads == 1 ? 0U : 2U * static_cast<unsigned>(threads) + 1);
    });
}

TEST(Conveyor, TellsWhatWentWrongWithTheFirstChunk) {
  for (const int threads : {1, 2, 4})
    on_threads(threads, [] {
      std::uint64_t delivered = 0;
      Conveyor conveyor{[](Chunk& chunk) {
                          const auto number = chunk.event_ids[0];
                          if (number == 41) std::this_thread::yield();
                          if (number >= 41) throw std::to_string(number);
                        },
                        [&](Chunk&&) { ++delivered; }};
      try {
        for (std::uint64_t n = 0; n < 100; ++n) conveyor.add(numbered(n));
        conveyor.finish();
        ADD_FAILURE() << "nothing was thrown";
      } catch (const std::string& number) {
        EXPECT_EQ(number, "41");
      }
      EXPECT_EQ(delivered, 41U);
      EXPECT_THROW(conveyor.finish(), std::string) << "it stays so";
    });
}

TEST(Conveyor, StopsAtADeliveryThatFails) {
  for (const int threads : {1, 2, 4})
    on_threads(threads, [] {
      std::uint64_t delivered = 0;
      Conveyor conveyor{[](Chunk&) {},
                        [&](Chunk&& chunk) {
                          if (chunk.event_ids[0] == 5) throw std::string{"no room"};
                          ++delivered;
                        }};
      EXPECT_THROW(
          {
            for (std::uint64_t n = 0; n < 50; ++n) conveyor.add(numbered(n));
            conveyor.finish();
          },
          std::string);
      EXPECT_EQ(delivered, 5U);
    });
}

}  // namespace
}  // namespace steppe::run
