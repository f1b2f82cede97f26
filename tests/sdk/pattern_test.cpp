#include <steppe/pattern.hpp>

#include <array>

#include <gtest/gtest.h>

namespace steppe {
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

TEST(Pattern, OneOfSeveralIsEnough) {
  constexpr std::array patterns{"*.phi", "jet.*"};
  EXPECT_TRUE(any_matches(patterns, "constituent.0.phi"));
  EXPECT_FALSE(any_matches(patterns, "constituent.0.eta"));
}

}  // namespace
}  // namespace steppe
