#include <steppe/nearest.hpp>

#include <gtest/gtest.h>

namespace {

using steppe::edit_distance;

const std::vector<std::string> operations{"dense", "batch_norm", "silu", "relu", "sigmoid"};

TEST(EditDistance, CountsInsertionsDeletionsAndSubstitutions) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, CountsASwapOfNeighboursOnce) {
  EXPECT_EQ(edit_distance("fgms", "fgsm"), 1U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // no piece is edited twice
}

TEST(Nearest, FindsTheMisspeltWord) {
  EXPECT_EQ(steppe::nearest("dens", operations), "dense");
  EXPECT_EQ(steppe::nearest("bacth_nrom", operations), "batch_norm");
  EXPECT_EQ(steppe::nearest("sliu", operations), "silu");
}

TEST(Nearest, KnowsWhenNothingIsNear) {
  EXPECT_EQ(steppe::nearest("convolution", operations), std::nullopt);
  EXPECT_EQ(steppe::nearest("x", operations), std::nullopt);
  EXPECT_EQ(steppe::nearest("dense", std::vector<std::string>{}), std::nullopt);
}

TEST(Nearest, TakesTheFirstOfEquals) {
  EXPECT_EQ(steppe::nearest("selu", std::vector<std::string>{"silu", "relu"}), "silu");
}

TEST(DidYouMean, IsTheEndOfASentence) {
  EXPECT_EQ(steppe::did_you_mean("dens", operations), "; did you mean 'dense'?");
  EXPECT_EQ(steppe::did_you_mean("convolution", operations), "");
}

}  // namespace
