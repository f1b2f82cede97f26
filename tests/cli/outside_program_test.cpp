// Other programs are heard, and cannot hold this one up.
#include "framework/cli/outside_program.hpp"

#include <gtest/gtest.h>

namespace steppe::cli {
namespace {

using std::chrono::seconds;

TEST(OutsideProgram, IsHeardToItsEnd) {
  EXPECT_EQ(output_of({"echo", "a b", "$HOME"}, seconds{10}), "a b $HOME\n");
  const auto much = output_of({"seq", "1", "20000"}, seconds{10});
  ASSERT_TRUE(much);
  EXPECT_EQ(much->size(), 108894U);
}

TEST(OutsideProgram, IsNothingWhereItIsNotThereOrFailsOrTakesTooLong) {
  EXPECT_FALSE(output_of({"steppe-no-such-program"}, seconds{10}));
  EXPECT_FALSE(output_of({"false"}, seconds{10}));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(output_of({"sleep", "60"}, std::chrono::milliseconds{50}));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds{30});
}

}  // namespace
}  // namespace steppe::cli
