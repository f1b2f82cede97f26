// Delta S against values made by hand, and the cases in which there is none.
#include <cmath>

#include "study_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::FakeStudy;
using steppe::testing::Measured;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

/// The three scores of each trial for pythia -> herwig.
struct Scores {
  std::vector<double> method, reference, optimum;
  double uncertainty = std::nan("");
};

/// Points of a study that has only what is needed, the method first.
FakeStudy study_of(const Scores& scores) {
  FakeStudy out{{"train", "attack", "trial", "test"}};
  const auto add = [&](const char* train, const char* attack, const std::vector<double>& values) {
    for (std::size_t t = 0; t < values.size(); ++t)
      out.add({train, attack, std::to_string(t), "herwig"}, train, "herwig",
              {{"auc", {values[t], scores.uncertainty}}});
  };
  add("pythia", "pgd", scores.method);
  add("pythia", "none", scores.reference);
  add("herwig", "none", scores.optimum);
  return out;
}

Measured delta_s(const Scores& scores, steppe::testing::Settings settings = {}) {
  StageUnderTest metric{"delta_s", std::move(settings)};
  const auto places = study_of(scores).compare(metric);
  EXPECT_EQ(places.size(), 1U);
  return places.at(0);
}

TEST(DeltaS, IsTheMeanGainInPartsOfTheMeanGap) {
  // Gains 0.05, 0.04, 0.07; gaps 0.10, 0.09, 0.11.
  const auto result =
      delta_s({{0.85, 0.86, 0.88}, {0.80, 0.82, 0.81}, {0.90, 0.91, 0.92}}).values.at("delta_s");
  EXPECT_NEAR(result.value, 0.16 / 0.30, 1e-12);
  // Residuals g - 8/15 d: -1/300, -0.008, 0.034/3.
  const double squares = 1.0 / 90000 + 0.008 * 0.008 + 0.034 * 0.034 / 9;
  EXPECT_NEAR(result.uncertainty, std::sqrt(squares / (2 * 3)) / 0.10, 1e-12);
}

TEST(DeltaS, IsZeroForTheReferenceAndOneForTheOptimum) {
  const std::vector<double> reference{0.80, 0.82, 0.81}, optimum{0.90, 0.91, 0.92};
  const auto none = delta_s({reference, reference, optimum}).values.at("delta_s");
  EXPECT_EQ(none.value, 0.0);
  EXPECT_EQ(none.uncertainty, 0.0);
  const auto all = delta_s({optimum, reference, optimum}).values.at("delta_s");
  EXPECT_EQ(all.value, 1.0);
  EXPECT_EQ(all.uncertainty, 0.0);
}

TEST(DeltaS, HasNoUncertaintyWhereGainsFollowTheGaps) {
  // Half of every gap: the trials scatter, the ratio does not.
  const auto result =
      delta_s({{0.85, 0.865, 0.875}, {0.80, 0.82, 0.83}, {0.90, 0.91, 0.92}}).values.at("delta_s");
  EXPECT_NEAR(result.value, 0.5, 1e-12);
  EXPECT_NEAR(result.uncertainty, 0.0, 1e-12);
}

TEST(DeltaS, IsUndefinedWhereTheGapIsNotSignificantForSoFewTrials) {
  // 4 errors of the mean, which would do for many trials.
  EXPECT_EQ(delta_s({{0.85, 0.86}, {0.80, 0.84}, {0.90, 0.90}}).undefined.at("delta_s"),
            "on 'herwig' a network trained there has 0.08 +- 0.02 more 'auc' than one trained on "
            "'pythia', which is not 2 sigma above zero (14 times the uncertainty for 2 trials); "
            "use more trials");
  EXPECT_EQ(delta_s({{0.85, 0.86}, {0.80, 0.84}, {0.90, 0.90}}, {{"significance", 1.0}})
                .values.count("delta_s"),
            1U);
}

TEST(DeltaS, IsUndefinedWhereTheOptimumIsWorse) {
  EXPECT_EQ(delta_s({{0.85}, {0.90}, {0.80}, 0.001}).undefined.at("delta_s"),
            "on 'herwig' a network trained there has -0.1 +- 0.0014 more 'auc' than one trained on "
            "'pythia', which is not 2 sigma above zero; use more trials");
}

TEST(DeltaS, OfOneTrialTakesTheUncertaintiesOfTheScores) {
  const auto result = delta_s({{0.86}, {0.80}, {0.90}, 0.01}).values.at("delta_s");
  EXPECT_NEAR(result.value, 0.6, 1e-12);
  EXPECT_NEAR(result.uncertainty, 0.01 * std::sqrt(1 + 0.6 * 0.6 + 0.4 * 0.4) / 0.10, 1e-12);
  EXPECT_EQ(delta_s({{0.86}, {0.80}, {0.82}, 0.01}).undefined.at("delta_s"),
            "on 'herwig' a network trained there has 0.02 +- 0.014 more 'auc' than one trained on "
            "'pythia', which is not 2 sigma above zero; use more trials");
}

TEST(DeltaS, OfOneTrialWithoutUncertaintiesIsUndefined) {
  EXPECT_EQ(delta_s({{0.86}, {0.80}, {0.90}}).undefined.at("delta_s"),
            "one trial of 'auc', which has no uncertainty, cannot tell whether there is a gap; use "
            "more trials");
}

TEST(DeltaS, LeavesTrialsOutThatLackAScore) {
  const auto whole = delta_s({{0.85, 0.86, 0.88}, {0.80, 0.82, 0.81}, {0.90, 0.91, 0.92}});
  const auto more =
      delta_s({{0.85, 0.86, 0.88, 0.2}, {0.80, 0.82, 0.81, 0.3, 0.1}, {0.90, 0.91, 0.92}});
  EXPECT_EQ(more.values.at("delta_s").value, whole.values.at("delta_s").value);
  EXPECT_EQ(more.values.at("delta_s").uncertainty, whole.values.at("delta_s").uncertainty);
}

TEST(DeltaS, NamesWhatEveryTrialLacks) {
  EXPECT_EQ(delta_s({{0.85, 0.86}, {}, {0.90, 0.91}}).undefined.at("delta_s"),
            "there is no 'auc' at (pythia, none, 0, herwig)");
}

TEST(DeltaS, IsGivenForEveryAttackAndEveryOtherDomain) {
  FakeStudy study{{"train", "attack", "test"}};
  std::vector<std::size_t> wanted;
  for (const std::string train : {"pythia", "herwig"})
    for (const std::string attack : {"none", "fgsm", "pgd"})
      for (const std::string test : {"pythia", "herwig"}) {
        const double auc = train == test ? 0.9 : attack == "none" ? 0.8 : 0.85;
        const auto point = study.add({train, attack, test}, train, test, {{"auc", {auc, 0.001}}});
        if (train != test && attack != "none") wanted.push_back(point);
      }
  StageUnderTest metric{"delta_s"};
  const auto places = study.compare(metric);
  ASSERT_EQ(places.size(), 4U);
  for (const auto point : wanted)
    EXPECT_NEAR(places.at(point).values.at("delta_s").value, 0.5, 1e-12);
}

TEST(DeltaS, KeepsOtherAxesApart) {
  FakeStudy study{{"size", "generator", "attack", "test"}};
  for (const std::string size : {"small", "large"})
    for (const std::string train : {"p", "h"})
      for (const std::string attack : {"none", "pgd"}) {
        const double loss = train == "h"       ? 0
                            : attack == "none" ? 0.1
                            : size == "small"  ? 0.08
                                               : 0.02;
        study.add({size, train, attack, "h"}, train == "p" ? "pythia" : "herwig", "herwig",
                  {{"auc", {0.9 - loss, 0.001}}});
      }
  StageUnderTest metric{"delta_s"};
  const auto places = study.compare(metric);
  ASSERT_EQ(places.size(), 2U);
  EXPECT_NEAR(places.at(1).values.at("delta_s").value, 0.2, 1e-12);
  EXPECT_NEAR(places.at(5).values.at("delta_s").value, 0.8, 1e-12);
}

TEST(DeltaS, AxesMayBeNamed) {
  // Two samples of one generator: only the axes tell them apart.
  FakeStudy study{{"sample", "method", "on"}};
  study.add({"a", "sam", "b"}, "pythia", "pythia", {{"rejection", {14, 0.1}}});
  study.add({"a", "plain", "b"}, "pythia", "pythia", {{"rejection", {10, 0.1}}});
  study.add({"b", "plain", "b"}, "pythia", "pythia", {{"rejection", {20, 0.1}}});
  StageUnderTest metric{"delta_s",
                        {{"of", "rejection"},
                         {"attack", "method"},
                         {"reference", "plain"},
                         {"train", "sample"},
                         {"test", "on"}}};
  EXPECT_NEAR(study.compare(metric).at(0).values.at("delta_s").value, 0.4, 1e-12);
}

TEST(DeltaS, SaysWhatTheStudyLacks) {
  const auto reason = [](FakeStudy study) {
    StageUnderTest metric{"delta_s"};
    return study.compare(metric).at(FakeStudy::whole).undefined.at("delta_s");
  };
  FakeStudy no_attack{{"train", "test"}};
  no_attack.add({"pythia", "herwig"}, "pythia", "herwig", {});
  EXPECT_EQ(reason(no_attack), "the study has no axis 'attack'; 'attack' names it");
  FakeStudy one_domain{{"train", "attack", "test"}};
  one_domain.add({"a", "pgd", "b"}, "pythia", "pythia", {});
  one_domain.add({"b", "none", "b"}, "pythia", "pythia", {});
  EXPECT_EQ(reason(one_domain),
            "no axis decides on which of several domains a network was trained; name the axes in "
            "'train' and 'test'");
}

TEST(DeltaS, DoesNotGuessWhichOfTwoNetworksIsTheOptimum) {
  FakeStudy study{{"train", "attack", "test"}};
  study.add({"p", "pgd", "h"}, "pythia", "herwig", {{"auc", {0.8, 0.01}}});
  study.add({"p", "none", "h"}, "pythia", "herwig", {{"auc", {0.8, 0.01}}});
  study.add({"h1", "none", "h"}, "herwig", "herwig", {{"auc", {0.9, 0.01}}});
  study.add({"h2", "none", "h"}, "herwig", "herwig", {{"auc", {0.9, 0.01}}});
  StageUnderTest metric{"delta_s"};
  EXPECT_EQ(study.compare(metric).at(0).undefined.at("delta_s"),
            "several values of the axis 'train' train on 'herwig'; name the axes in 'train' and "
            "'test'");
}

TEST(DeltaS, WantsBothAxesOrNone) {
  EXPECT_EQ(sentence_of([] {
              StageUnderTest{"delta_s", {{"test", "test"}}};
            }),
            "'test' names an axis, so 'train' must name one too");
}

}  // namespace
