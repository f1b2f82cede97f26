// What git says of a folder.
#include "framework/cli/git_state.hpp"

#include <gtest/gtest.h>

namespace steppe::cli {
namespace {

TEST(GitState, IsReadFromWhatGitPrints) {
  const auto clean = parse_git_status("# branch.oid 0a1b\n# branch.head main\n# stash 1\n");
  EXPECT_EQ(clean.commit, "0a1b");
  EXPECT_EQ(clean.branch, "main");
  EXPECT_FALSE(clean.dirty);
  EXPECT_TRUE(parse_git_status("# branch.oid 0a1b\n1 .M N... 100644 100644 100644 a a f\n").dirty);
}

TEST(GitState, HasNoCommitBeforeTheFirstAndNoBranchWhereNoneIs) {
  const auto state = parse_git_status("# branch.oid (initial)\n# branch.head (detached)\n");
  EXPECT_EQ(state.commit, "");
  EXPECT_EQ(state.branch, "");
}

TEST(GitState, IsNothingOutsideARepository) { EXPECT_FALSE(git_state_of("/proc/self/maps")); }

}  // namespace
}  // namespace steppe::cli
