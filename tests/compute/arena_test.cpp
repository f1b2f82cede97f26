#include "framework/compute/arena.hpp"

#include "framework/compute/tensor.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace steppe::compute {
namespace {

constexpr std::size_t stretch_floats = std::size_t{1} << 19;  // 2 MiB

bool is(const float* block, std::size_t floats, float value) {
  return std::all_of(block, block + floats, [&](float one) { return one == value; });
}

TEST(Arena, GivesZeros) {
  const auto arena = Arena::make();
  const auto block = arena->take(1000);
  EXPECT_TRUE(is(block.get(), 1000, 0.0F));
}

TEST(Arena, BlocksLieSideBySideAtMultiplesOf256Bytes) {
  const auto arena = Arena::make();
  const auto first = arena->take(1), second = arena->take(130), third = arena->take(5);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.get()) % 256, 0U);
  EXPECT_EQ(second.get() - first.get(), 64);
  EXPECT_EQ(third.get() - second.get(), 192);
}

TEST(Arena, ABlockIsGivenAgainAndIsZeroAgain) {
  const auto arena = Arena::make();
  const auto stays = arena->take(64);
  auto block = arena->take(500);
  const float* const place = block.get();
  std::fill_n(block.get(), 500, 1.0F);
  block.reset();
  // Longer than the block was, so that it ends in memory nobody had.
  const auto again = arena->take(1000);
  EXPECT_EQ(again.get(), place);
  EXPECT_TRUE(is(again.get(), 1000, 0.0F));
}

TEST(Arena, NeighboursThatAreFreeAreOneBlock) {
  const auto arena = Arena::make();
  std::vector<std::shared_ptr<float>> blocks;
  for (int i = 0; i < 5; ++i) blocks.push_back(arena->take(640));
  const float* const second = blocks[1].get();
  // The last one joins those on both sides.
  for (const std::size_t i : {1U, 3U, 2U}) blocks[i].reset();
  EXPECT_EQ(arena->take(3 * 640).get(), second);
}

TEST(Arena, GivesBackWhatNobodyHasAnyMore) {
  const auto arena = Arena::make();
  auto small = arena->take(1000), large = arena->take(3 * stretch_floats);
  EXPECT_EQ(arena->taken(), 4 * stretch_floats * sizeof(float));
  large.reset();
  EXPECT_EQ(arena->taken(), stretch_floats * sizeof(float));
  small.reset();
  EXPECT_EQ(arena->taken(), 0U);
}

TEST(Arena, IsThereAsLongAsItsBlocks) {
  auto arena = Arena::make();
  const auto block = arena->take(100);
  arena.reset();
  std::fill_n(block.get(), 100, 2.0F);
  EXPECT_TRUE(is(block.get(), 100, 2.0F));
}

TEST(Arena, TakesLittleMoreThanItGives) {
  const auto arena = Arena::make();
  std::vector<std::shared_ptr<float>> blocks;
  std::size_t given = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    const std::size_t floats = i % 2 == 0 ? 77000 + 100 * i : 8192;
    blocks.push_back(arena->take(floats));
    given += floats;
  }
  EXPECT_LE(arena->taken(), given * sizeof(float) * 5 / 4 + stretch_floats * sizeof(float));
}

TEST(Arena, HasNoMemoryWhereTheSystemHasNone) {
  EXPECT_EQ(Arena::make()->take(std::size_t{1} << 58), nullptr);
}

}  // namespace
}  // namespace steppe::compute
