// The one most like a thing among those made before: exact for one difference, wherever it lies.
#include "framework/run/keep/nearest.hpp"

#include "framework/run/keep/keys.hpp"

#include <set>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

store::KeyMaker thing(int a, int b, int c) {
  store::KeyMaker part{"part"}, out{"thing"};
  part.integer("a", a);
  part.integer("b", b);
  out.part("p", part);
  out.text("same", "of all");
  out.integer("c", c);
  return out;
}

std::size_t differences(const NumberedFields& x, const NumberedFields& y) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < x.size(); ++i) out += x[i].value != y[i].value ? 1 : 0;
  return out;
}

TEST(FieldNumbers, AreTheSameForAKeyAndForItsFieldsAsTexts) {
  FieldNumbers numbers;
  const auto nested = numbers.of(thing(1, 2, 3)), flat = numbers.of(thing(1, 2, 3).fields());
  ASSERT_EQ(nested.size(), 5U);
  ASSERT_EQ(flat.size(), 5U);
  for (std::size_t i = 0; i < flat.size(); ++i) {
    EXPECT_EQ(nested[i].name, flat[i].name);
    EXPECT_EQ(nested[i].value, flat[i].value);
  }
  EXPECT_EQ(numbers.text(nested[2].name), "p.b");
  EXPECT_EQ(numbers.text(nested[2].value), "2");
}

TEST(Nearest, DiffersInOneFieldWhereThereIsSuchAOne) {
  FieldNumbers numbers;
  std::vector<NumberedFields> wanted, made;
  for (int i = 0; i < 1000; ++i)
    (i % 3 == 0 ? wanted : made).push_back(numbers.of(thing(i / 100, i / 10 % 10, i % 10)));
  const auto found = nearest(wanted, made);
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t w = 0; w < wanted.size(); ++w) {
    ASSERT_TRUE(found[w]);
    EXPECT_EQ(differences(wanted[w], made[*found[w]]), 1U);
  }
}

TEST(Nearest, HasTheFewestDifferencesElse) {
  FieldNumbers numbers;
  const std::vector<NumberedFields> wanted{numbers.of(thing(1, 1, 1))};
  const std::vector<NumberedFields> made{numbers.of(thing(2, 2, 2)), numbers.of(thing(1, 2, 2)),
                                         numbers.of(thing(3, 3, 3))};
  EXPECT_EQ(nearest(wanted, made).front(), 1U);
  EXPECT_FALSE(nearest(wanted, {}).front());
}

TEST(Keys, OfTenThousandPointsAreAllDistinct) {
  const auto plan = testing::tiny_plan(
      "[matrix]\nstrength = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1]\n"
      "rate = [1e-4, 2e-4, 3e-4, 4e-4, 5e-4, 6e-4, 7e-4, 8e-4, 9e-4, 1e-3]\ntrial = 100\n",
      {"attack.fgsm.epsilon={strength}", "optimizer.adamw.learning_rate={rate}",
       "trainer.fit.attack=fgsm"});
  ASSERT_EQ(plan.trainings.size(), 10'000U);
  store::Contents contents;
  const auto keys = keys_of(plan, {"build", {}}, contents);
  std::set<store::Key> distinct;
  for (const auto* list : {&keys.data, &keys.trainings, &keys.scores})
    for (const auto& key : *list) distinct.insert(key.key());
  EXPECT_EQ(distinct.size(), 20'001U);
  // Trials share all stages, which are the same to the byte.
  EXPECT_EQ(keys.trainings[0].fields().size(), keys.trainings[9'999].fields().size());
}

}  // namespace
}  // namespace steppe::run
