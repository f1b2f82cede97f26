// Targets of a data set: two classes, several, or real values.
#include "framework/data/dataset.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace steppe::data {
namespace {

/// One feature and a target of so many classes.
Dataset data_with(int classes) {
  Column x, y;
  x.name = "x";
  y.name = "y";
  y.role = Role::target;
  y.classes = classes;
  return Dataset{{{x, y}, ""}};
}

void append(Dataset& data, const std::vector<float>& labels) {
  for (const float label : labels) {
    const float row[] = {0.0F, label};
    const std::uint64_t id = data.rows();
    data.append(1, row, &id);
  }
}

template <class Work>
std::string refusal(Work&& work) {
  try {
    work();
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Targets, CountTheEventsOfEachClass) {
  auto data = data_with(4);
  append(data, {3, 0, 1, 1, 2, 3, 3});
  EXPECT_EQ(data.classes(), 4U);
  EXPECT_EQ(data.class_rows(), (std::vector<std::size_t>{1, 2, 1, 3}));
  EXPECT_NO_THROW(data.check("it"));
}

TEST(Targets, ThatAreNoClassAreRefusedWithRowValueAndColumn) {
  for (const float bad : {3.0F, -1.0F, 0.5F, std::numeric_limits<float>::infinity()}) {
    auto data = data_with(3);
    append(data, {0, 2});
    EXPECT_THROW(append(data, {bad}), DataError) << bad;
  }
  auto data = data_with(3);
  EXPECT_EQ(refusal([&] {
              append(data, {0, 2, 3});
            }),
            "row 2 has label 3 in column 'y'; its 3 classes are 0 to 2");
  auto two = data_with(2);
  EXPECT_EQ(refusal([&] { append(two, {2}); }),
            "row 0 has label 2 in column 'y'; 0 is background, 1 is signal");
}

TEST(Targets, NeedEventsOfEveryClass) {
  auto data = data_with(3);
  append(data, {0, 0, 2});
  EXPECT_EQ(refusal([&] { data.check("jets"); }),
            "data set 'jets' has 2, 0, 1 events of its classes 0 to 2; it needs some of each");
  auto two = data_with(2);
  append(two, {1, 1});
  EXPECT_EQ(refusal([&] { two.check("jets"); }),
            "data set 'jets' has 2 signal and 0 background events; it needs both");
}

TEST(Targets, ThatAreRealMayBeAnythingFinite) {
  auto data = data_with(0);
  append(data, {-7.5F, 0, 1e30F});
  EXPECT_EQ(data.classes(), 0U);
  EXPECT_TRUE(data.class_rows().empty());
  EXPECT_NO_THROW(data.check("it"));
  EXPECT_EQ(refusal([&] { append(data, {std::nanf("")}); }),
            "row 3 has the target nan in column 'y'; it must be finite");
}

}  // namespace
}  // namespace steppe::data
