#include "framework/run/masks.hpp"

#include <gtest/gtest.h>

namespace steppe::run {
namespace {

TEST(Pattern, StarStandsForAnyCharactersAndForNone) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("constituent.*", "constituent.3.charge"));
  EXPECT_TRUE(matches("*.charge", "constituent.3.charge"));
  EXPECT_TRUE(matches("a*b*c", "aXXbc"));
  EXPECT_TRUE(matches("jet.log_pt", "jet.log_pt"));
}

TEST(Pattern, CoversTheWholeNameOrNothing) {
  EXPECT_FALSE(matches("jet", "jet.log_pt"));
  EXPECT_FALSE(matches("*.pt", "jet.log_pt"));
  EXPECT_FALSE(matches("a*b*c", "aXXcb"));
  EXPECT_FALSE(matches("", "a"));
}

}  // namespace
}  // namespace steppe::run
