// What PGD says about settings that are legal but odd.
#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::StageUnderTest;

TEST(Pgd, RemarksOnAStepLongerThanItsBallAndTakesIt) {
  StageUnderTest attack{"pgd", {{"epsilon", 0.007}, {"alpha", 0.01}}};
  ASSERT_EQ(attack.host().logged.size(), 1U);
  EXPECT_EQ(attack.host().logged[0].first, STEPPE_NOTE);
  EXPECT_NE(attack.host().logged[0].second.find("'alpha' is larger than 'epsilon'"),
            std::string::npos);
}

TEST(Pgd, RemarksOnWalksThatEndInsideTheBall) {
  StageUnderTest attack{"pgd", {{"epsilon", 0.01}, {"alpha", 0.001}, {"steps", 5}}};
  ASSERT_EQ(attack.host().logged.size(), 1U);
  EXPECT_NE(attack.host().logged[0].second.find("less than 'epsilon'"), std::string::npos);
  StageUnderTest enough{"pgd", {{"epsilon", 0.01}, {"alpha", 0.002}, {"steps", 5}}};
  EXPECT_TRUE(enough.host().logged.empty());
}

TEST(Pgd, RemarksOnRestartsThatAllGoTheSameWay) {
  StageUnderTest same{"pgd", {{"restarts", 3}}};
  EXPECT_EQ(same.host().logged.size(), 1U);
  StageUnderTest random{"pgd", {{"restarts", 3}, {"start", "random"}}};
  EXPECT_TRUE(random.host().logged.empty());
}

TEST(Pgd, DeclaresTheBallOfItsNorm) {
  for (const auto& [norm, ball] : {std::pair{"max", STEPPE_MAX_NORM}, {"l2", STEPPE_L2_NORM}}) {
    StageUnderTest attack{"pgd", {{"norm", norm}}};
    EXPECT_EQ(attack.table<steppe_attack>().ball(attack.instance()), ball) << norm;
  }
}

}  // namespace
