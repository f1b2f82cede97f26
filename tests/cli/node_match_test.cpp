// Nodes are found by name, by a part of it, or not at all and with a guess.
#include "framework/cli/node_match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> names{"data 'events'", "fit (attack=none, trial=0)",
                                     "fit (attack=fgsm, trial=0)",
                                     "score fit (attack=fgsm, trial=0) on 'events'"};

TEST(NodesLike, ANameMeansItsOwnNodeAlone) {
  EXPECT_THAT(nodes_like(names, "fit (attack=fgsm, trial=0)"), ElementsAre(2U));
}

TEST(NodesLike, APartMeansAllThatHaveIt) {
  EXPECT_THAT(nodes_like(names, "fgsm"), ElementsAre(2U, 3U));
  EXPECT_THAT(nodes_like(names, "score"), ElementsAre(3U));
  EXPECT_THAT(nodes_like(names, "pgd"), IsEmpty());
}

TEST(NoSuchNode, GuessesNamesAndTheirWords) {
  EXPECT_THAT(no_such_node(names, "fit (atack=none, trial=0)"),
              HasSubstr("did you mean 'fit (attack=none, trial=0)'?"));
  EXPECT_THAT(no_such_node(names, "attack=fgsn"), HasSubstr("did you mean 'attack=fgsm'?"));
  EXPECT_THAT(no_such_node(names, "fgsn"), HasSubstr("did you mean 'fgsm'?"));
  EXPECT_THAT(no_such_node(names, "something else"), HasSubstr("without a node"));
}

}  // namespace
}  // namespace steppe::cli
