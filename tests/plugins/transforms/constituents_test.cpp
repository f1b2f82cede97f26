// Slots of constituents: which are kept, in which order, and what fills the rest.
#include "rows_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::apply;
using steppe::testing::Collected;
using steppe::testing::rows_of;
using steppe::testing::sentence_of;
using steppe::testing::Settings;
using steppe::testing::StageUnderTest;

/// Three slots; the first event has an empty one in the middle.
Collected three_slots() {
  return rows_of(
      {"constituent.0.pt", "constituent.0.d0", "constituent.0.filled", "constituent.1.pt",
       "constituent.1.d0", "constituent.1.filled", "constituent.2.pt", "constituent.2.d0",
       "constituent.2.filled", "jet.pt", "label"},
      {{5, 0.5F, 1, 0, 9, 0, 8, 0.8F, 1, 13, 1}, {1, 0.1F, 1, 2, 0.2F, 1, 3, 0.3F, 1, 6, 0}});
}

Collected arranged(Settings settings, const Collected& input = three_slots()) {
  StageUnderTest transform{"constituents", std::move(settings)};
  return apply(transform, input, 1);
}

using Values = std::vector<float>;

TEST(Constituents, AreSortedByPtWithEmptySlotsLast) {
  const auto data = arranged({});
  EXPECT_EQ(data.values, (Values{8, 0.8F, 1, 5, 0.5F, 1, 0, 0,    0, 13, 1,  //
                                 3, 0.3F, 1, 2, 0.2F, 1, 1, 0.1F, 1, 6,  0}));
  EXPECT_EQ(data.columns.items[3].name, "constituent.1.pt");
  EXPECT_EQ(data.columns.items[3].slot, 1);
  EXPECT_EQ(data.columns.items[5].role, steppe::Role::mask);
}

TEST(Constituents, StayAsReadWhereTheyAreNotSorted) {
  const auto data = arranged({{"order", "as_read"}});
  // What an empty slot held is gone.
  EXPECT_EQ(data.values, (Values{5, 0.5F, 1, 0, 0,    0, 8, 0.8F, 1, 13, 1,  //
                                 1, 0.1F, 1, 2, 0.2F, 1, 3, 0.3F, 1, 6,  0}));
}

TEST(Constituents, AreCutToTheLeadingOnes) {
  EXPECT_EQ(arranged({{"slots", 1}}).values, (Values{8, 0.8F, 1, 13, 1, 3, 0.3F, 1, 6, 0}));
}

TEST(Constituents, ArePaddedToMoreSlotsThanThereWere) {
  const auto data = arranged({{"slots", 5}, {"drop", std::vector<std::string>{"d0"}}});
  EXPECT_EQ(data.columns.size(), 12U);
  EXPECT_EQ(Values(data.values.begin(), data.values.begin() + 12),
            (Values{8, 1, 5, 1, 0, 0, 0, 0, 0, 0, 13, 1}));
  EXPECT_EQ(data.columns.items[8].name, "constituent.4.pt");
}

TEST(Constituents, GetAMaskWhereTheyHaveNone) {
  const auto data = arranged({}, rows_of({"constituent.0.pt", "constituent.1.pt"}, {{0, 7}}));
  EXPECT_EQ(data.values, (Values{7, 1, 0, 0}));
  EXPECT_EQ(data.columns.items[1].name, "constituent.0.filled");
  EXPECT_EQ(data.columns.items[1].role, steppe::Role::mask);
}

TEST(Constituents, OfEqualPtStayInTheirOrder) {
  auto input = three_slots();
  for (const std::size_t pt : {11, 14, 17}) input.values[pt] = 4;
  const auto data = arranged({}, input);
  EXPECT_EQ(data.at(1, "constituent.0.d0"), 0.1F);
  EXPECT_EQ(data.at(1, "constituent.2.d0"), 0.3F);
}

TEST(Constituents, MayBeFeaturesSortedByTheirLogarithm) {
  auto input = three_slots();
  for (auto& column : input.columns.items)
    if (column.name.ends_with(".pt") && column.group == "constituent")
      column.name = column.name.substr(0, column.name.size() - 2) + "log_pt";
  EXPECT_EQ(arranged({{"slots", 1}}, input).at(0, "constituent.0.log_pt"), 8.0F);
}

TEST(Constituents, SayWhatTheyMiss) {
  EXPECT_EQ(sentence_of([] {
              arranged({{"group", "muon"}});
            }),
            "the input has no columns of a group 'muon'");
  EXPECT_EQ(sentence_of([] {
              arranged({{"drop", std::vector<std::string>{"dO"}}});
            }),
            "'drop': a slot has no column 'dO'; did you mean 'd0'?");
  EXPECT_EQ(sentence_of([] {
              arranged({{"drop", std::vector<std::string>{"filled"}}});
            }),
            "'drop': 'filled' is the mask, which says what padding is; it stays");
  EXPECT_EQ(
      sentence_of([] {
        arranged({}, rows_of({"constituent.0.pt", "constituent.0.d0", "constituent.1.pt"}, {}));
      }),
      "the input has no column 'constituent.1.d0', and other slots have it");
  EXPECT_EQ(
      sentence_of([] {
        arranged({}, rows_of({"constituent.0.e", "constituent.0.filled"}, {}));
      }),
      "group 'constituent' has neither 'pt' nor 'log_pt' to sort by; order = \"as_read\" does "
      "not sort");
}

}  // namespace
