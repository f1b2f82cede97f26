// The ROC curve against counts made by hand.
#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::measure;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

// 4 signal events at 8, 6, 4, 2 and 10 background events at 7, 5, 5, 3, 1, 0, 0, 0, 0, 0.
const std::vector<float> logits{8, 6, 4, 2, 7, 5, 5, 3, 1, 0, 0, 0, 0, 0};
const std::vector<float> labels{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

TEST(Roc, HasTheCountedRatesAtFixedEfficiencies) {
  StageUnderTest metric{"roc", {{"points", 4}}};
  const auto [efficiency, rate] = measure(metric, logits, labels).curves.at("roc");
  EXPECT_EQ(efficiency, (std::vector{0.25, 0.5, 0.75, 1.0}));
  EXPECT_EQ(rate, (std::vector{0.0, 0.1, 0.3, 0.4}));
}

TEST(Roc, AgreesWithTheRejection) {
  StageUnderTest metric{"roc", {{"points", 20}}};
  StageUnderTest rejection{"rejection", {{"signal_efficiency", std::vector{0.85}}}};
  const auto [efficiency, rate] = measure(metric, logits, labels).curves.at("roc");
  EXPECT_DOUBLE_EQ(efficiency[16], 0.85);
  EXPECT_DOUBLE_EQ(1 / rate[16], measure(rejection, logits, labels).values.at("rejection").value);
}

TEST(Roc, GivesNoValues) {
  StageUnderTest metric{"roc"};
  const auto result = measure(metric, logits, labels);
  EXPECT_TRUE(result.values.empty());
  EXPECT_EQ(result.curves.at("roc").first.size(), 100U);
}

TEST(Roc, NeedsBothClasses) {
  StageUnderTest metric{"roc"};
  EXPECT_NE(sentence_of([&] {
              measure(metric, {1, 2}, {1, 1});
            }).find("no background event"),
            std::string::npos);
}

}  // namespace
