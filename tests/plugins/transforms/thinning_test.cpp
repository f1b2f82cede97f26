// Transforms that survey: counts and sums to the last event, the same hard events in every
// simulation, and nothing that depends on how the rows are cut into chunks.
#include "rows_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::apply;
using steppe::testing::Collected;
using steppe::testing::count_of;
using steppe::testing::ids_of;
using steppe::testing::labelled;
using steppe::testing::rows_of;
using steppe::testing::sentence_of;
using steppe::testing::Settings;
using steppe::testing::StageUnderTest;

Collected balanced(const Collected& input, Settings settings = {}, std::size_t chunk = 1000) {
  StageUnderTest transform{"balance", std::move(settings)};
  return apply(transform, input, chunk);
}

Collected mixed(const Collected& input, double fraction, std::size_t chunk = 1000) {
  StageUnderTest transform{"mix", {{"signal_fraction", fraction}}};
  return apply(transform, input, chunk);
}

double sum_of_weights(const Collected& data, float label) {
  double out = 0;
  for (std::size_t r = 0; r < data.rows(); ++r)
    if (data.at(r, "label") == label) out += double{data.at(r, "weight")};
  return out;
}

void expect_same(const Collected& a, const Collected& b) {
  EXPECT_EQ(a.event_ids, b.event_ids);
  EXPECT_EQ(a.values, b.values);
}

TEST(Balance, KeepsAsManyOfEveryClassAsTheSmallestHas) {
  const auto all = labelled(999);
  const auto data = balanced(all);
  EXPECT_EQ(count_of(data, 1), 333U);
  EXPECT_EQ(count_of(data, 0), 333U);
  // The smaller class is whole, what is left is unchanged and in its order.
  std::size_t at = 0;
  for (std::size_t r = 0; r < all.rows(); ++r) {
    if (at == data.rows() || all.event_ids[r] != data.event_ids[at]) {
      EXPECT_EQ(all.at(r, "label"), 0.0F);
      continue;
    }
    for (const char* name : {"x", "label", "weight"}) EXPECT_EQ(data.at(at, name), all.at(r, name));
    ++at;
  }
  EXPECT_EQ(at, data.rows());
}

TEST(Balance, CountsEveryClassThereIs) {
  auto all = labelled(300);
  all.columns.items[all.column("label")].classes = 3;
  for (std::size_t r = 0; r < all.rows(); ++r)
    all.values[r * 3 + 1] = r % 10 < 5 ? 0.0F : r % 10 < 8 ? 1.0F : 2.0F;
  const auto data = balanced(all);
  for (const float label : {0.0F, 1.0F, 2.0F}) EXPECT_EQ(count_of(data, label), 60U);
}

TEST(Balance, KeepsTheSameHardEventsInEverySimulation) {
  auto other = labelled(600);
  for (auto& value : other.values)
    if (value > 5) value += 1;  // another shower of the same events, in another order
  std::reverse(other.event_ids.begin(), other.event_ids.end());
  Collected reversed = other;
  for (std::size_t r = 0; r < other.rows(); ++r)
    std::copy_n(other.values.begin() + static_cast<std::ptrdiff_t>(3 * (other.rows() - 1 - r)), 3,
                reversed.values.begin() + static_cast<std::ptrdiff_t>(3 * r));
  EXPECT_EQ(ids_of(balanced(labelled(600))), ids_of(balanced(reversed)));
}

TEST(Balance, OfASimulationThatMissesEventsKeepsNearlyTheSame) {
  const auto whole = ids_of(balanced(labelled(2100)));
  const auto part = ids_of(balanced(labelled(2100, true)));
  std::size_t shared = 0;
  for (const auto id : part) shared += whole.count(id);
  // 6 of 7 events are in both; a draw of its own would share but half of the background.
  EXPECT_GT(shared, part.size() * 9 / 10);
}

TEST(Balance, ScalesWeightsToTheSameSumAndTheMeanOne) {
  const auto all = labelled(1000);
  const auto data = balanced(all, {{"by", "weights"}});
  ASSERT_EQ(data.event_ids, all.event_ids);
  EXPECT_NEAR(sum_of_weights(data, 0), 500, 1e-3);
  EXPECT_NEAR(sum_of_weights(data, 1), 500, 1e-3);
  // Within a class weights keep their ratios.
  EXPECT_NEAR(double{data.at(0, "weight")} / double{data.at(3, "weight")},
              double{all.at(0, "weight")} / double{all.at(3, "weight")}, 1e-6);
}

TEST(Balance, AppendsAWeightWhereThereIsNone) {
  const auto data =
      balanced(rows_of({"x", "label"}, {{1, 1}, {2, 0}, {3, 0}, {4, 0}}), {{"by", "weights"}});
  EXPECT_EQ(data.columns.items[2].role, steppe::Role::weight);
  EXPECT_FLOAT_EQ(data.at(0, "weight"), 2.0F);
  EXPECT_FLOAT_EQ(data.at(1, "weight"), 2.0F / 3);
}

TEST(Balance, NegativeWeightsCountAsTheyAre) {
  const auto data = balanced(rows_of({"weight", "label"}, {{3, 1}, {-1, 1}, {1, 0}, {1, 0}}),
                             {{"by", "weights"}});
  EXPECT_FLOAT_EQ(data.at(0, "weight"), 3.0F);
  EXPECT_FLOAT_EQ(data.at(1, "weight"), -1.0F);
}

TEST(Balance, RefusesAClassWithoutEventsOrWeight) {
  EXPECT_EQ(sentence_of([] {
              balanced(rows_of({"label"}, {{1}, {1}}));
            }),
            "there is no event of class 0, so nothing would be left");
  EXPECT_EQ(
      sentence_of([] {
        balanced(rows_of({"weight", "label"}, {{1, 0}, {2, 1}, {-2, 1}}), {{"by", "weights"}});
      }),
      "the weights of class 1 sum to 0.000000; only a sum above 0 can be scaled");
  EXPECT_EQ(sentence_of([] { balanced(rows_of({"x"}, {{1}})); }),
            "the input has no target column, which would say the class of an event");
  EXPECT_EQ(sentence_of([] {
              balanced(rows_of({"label"}, {{0}, {2}}));
            }),
            "an event has the label 2.000000; classes are 0 to 1");
}

TEST(Balance, DoesNotDependOnTheChunks) {
  const auto all = labelled(1500);
  for (const auto& by : {"events", "weights"}) {
    const auto whole = balanced(all, {{"by", by}}, 1500);
    for (const std::size_t chunk : {1, 7, 1024})
      expect_same(balanced(all, {{"by", by}}, chunk), whole);
  }
}

TEST(Mix, ReachesTheFractionByThinningOneClass) {
  const auto all = labelled(999);  // 333 signal, 666 background
  const auto less = mixed(all, 0.1);
  EXPECT_EQ(count_of(less, 0), 666U);
  EXPECT_EQ(count_of(less, 1), 74U);
  const auto more = mixed(all, 0.9);
  EXPECT_EQ(count_of(more, 0), 37U);
  EXPECT_EQ(count_of(more, 1), 333U);
  EXPECT_EQ(mixed(all, 1.0 / 3).rows(), 999U);
}

TEST(Mix, OfASmallerFractionIsAPartOfALargerOne) {
  const auto all = labelled(999);
  const auto some = ids_of(mixed(all, 0.2));
  for (const auto id : ids_of(mixed(all, 0.05))) EXPECT_TRUE(some.contains(id));
}

TEST(Mix, KeepsTheSameHardEventsInEverySimulation) {
  auto other = labelled(900);
  for (std::size_t r = 0; r < other.rows(); ++r) other.values[3 * r] *= 0.5F;
  EXPECT_EQ(mixed(labelled(900), 0.2).event_ids, mixed(other, 0.2).event_ids);
}

TEST(Mix, SaysWhatIsLeft) {
  StageUnderTest transform{"mix", {{"signal_fraction", 0.1}}};
  apply(transform, labelled(999), 100);
  ASSERT_EQ(transform.host().logged.size(), 1U);  // once, however many chunks there are
  EXPECT_EQ(transform.host().logged[0].second, "74 of 333 signal events are left");
}

TEST(Mix, RefusesToLoseAClass) {
  EXPECT_EQ(sentence_of([] { mixed(labelled(9), 0); }),
            "with 3 signal and 6 background events, one class would have none left");
  EXPECT_EQ(sentence_of([] { mixed(labelled(9), 1); }),
            "with 3 signal and 6 background events, one class would have none left");
  auto three = labelled(9);
  three.columns.items[three.column("label")].classes = 3;
  EXPECT_EQ(sentence_of([&] { mixed(three, 0.5); }),
            "the target 'label' has 3 classes; a fraction of signal is one of two");
}

TEST(Mix, DoesNotDependOnTheChunks) {
  const auto all = labelled(1500);
  const auto whole = mixed(all, 0.2, 1500);
  for (const std::size_t chunk : {1, 7, 1024}) expect_same(mixed(all, 0.2, chunk), whole);
}

}  // namespace
