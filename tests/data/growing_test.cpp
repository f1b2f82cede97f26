// Values that grow, in memory and in a file that has no name.
#include "framework/data/growing.hpp"

#include "framework/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

namespace steppe::data {
namespace {

namespace fs = std::filesystem;

fs::path new_folder() {
  auto name = ::testing::TempDir() + "growing.XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  return name;
}

/// 0, 1, 2, ... with a zero behind every 999 of them, `pieces` thousands of them.
void fill(Growing& growing, std::size_t first, std::size_t pieces) {
  for (std::size_t p = first; p < first + pieces; ++p) {
    float* to = growing.grow(1000);
    std::iota(to, to + 999, static_cast<float>(p * 1000));
  }
}

void expect_filled(const Growing& growing, std::size_t pieces) {
  ASSERT_EQ(growing.size(), pieces * 1000);
  for (std::size_t i = 0; i < growing.size(); ++i)
    ASSERT_EQ(growing.data()[i], i % 1000 == 999 ? 0.0F : static_cast<float>(i)) << i;
}

TEST(Growing, KeepsWhatWasThereAsItGrows) {
  Growing growing;
  EXPECT_EQ(growing.size(), 0U);
  fill(growing, 0, 5000);  // 20 MB: it has moved several times
  growing.finish();
  expect_filled(growing, 5000);
}

TEST(Growing, LiesInAFileThatNobodySees) {
  const auto folder = new_folder();
  Growing growing;
  growing.move_to_file(folder);
  fill(growing, 0, 5000);
  EXPECT_TRUE(fs::is_empty(folder)) << "while it is written";
  growing.finish();
  EXPECT_TRUE(fs::is_empty(folder)) << "while it is mapped";
  expect_filled(growing, 5000);
}

TEST(Growing, GoesOnInAFile) {
  Growing growing;
  fill(growing, 0, 3000);
  growing.move_to_file(new_folder());
  fill(growing, 3000, 17);
  growing.finish();
  expect_filled(growing, 3017);
}

TEST(Growing, WithNothingInItIsNoTrouble) {
  for (const bool in_file : {false, true}) {
    Growing growing;
    if (in_file) growing.move_to_file(new_folder());
    growing.grow(0);
    growing.finish();
    EXPECT_EQ(growing.size(), 0U);
  }
}

TEST(Growing, TakesTheFolderForTemporaryFilesWhereItIsGivenNone) {
  const auto folder = new_folder();
  for (const auto& wanted : {fs::path{}, folder / "not there"}) {
    Growing growing;
    growing.move_to_file(wanted);
    fill(growing, 0, 10);
    growing.finish();
    expect_filled(growing, 10);
  }
}

TEST(Growing, CanBeMoved) {
  Growing first;
  fill(first, 0, 10);
  Growing second{std::move(first)};
  expect_filled(second, 10);
  Growing third;
  fill(third, 0, 3);
  third = std::move(second);
  expect_filled(third, 10);
}

/// Features apart from each other, a mask, a side column that is kept and one that is not.
Columns mixed_columns() {
  const auto named = [](const char* name, Role role = Role::feature) {
    Column out;
    out.name = name;
    out.role = role;
    return out;
  };
  return {{named("a"), named("kept", Role::side), named("b"), named("c"), named("full", Role::mask),
           named("left", Role::side), named("y", Role::target), named("w", Role::weight)},
          ""};
}

void append(Dataset& data, std::size_t rows) {
  std::vector<float> values;
  std::vector<std::uint64_t> ids;
  for (std::size_t r = data.rows(); r < rows; ++r) {
    const auto x = static_cast<float>(r);
    values.insert(values.end(), {x, x + 0.25F, -x, x / 3, static_cast<float>(r % 3), std::nanf(""),
                                 static_cast<float>(r % 2), 1 + x});
    ids.push_back(7 * r);
  }
  data.append(ids.size(), values.data(), ids.data());
}

TEST(DatasetInAFile, HasTheValuesOfOneInMemory) {
  const auto folder = new_folder();
  constexpr std::size_t row_bytes = (16 + 1 + 1) * sizeof(float);  // features are padded
  Dataset memory{mixed_columns(), {"kept"}}, file{mixed_columns(), {"kept"}, {0, folder}};
  Dataset late{mixed_columns(), {"kept"}, {1000 * row_bytes, folder}};
  for (auto* data : {&memory, &file, &late}) {
    for (const std::size_t rows : {1, 1000}) append(*data, rows);
    EXPECT_EQ(data->in_file(), data == &file);
    append(*data, 30000);
    data->finish();
    EXPECT_EQ(data->in_file(), data != &memory);
    ASSERT_EQ(data->rows(), 30000U);
    data->check("it");
    for (std::size_t r = 0; r < data->rows(); ++r) {
      const float* row = data->features().row(r);
      const auto x = static_cast<float>(r);
      ASSERT_TRUE(row[0] == x && row[1] == -x && row[2] == x / 3) << r;
      ASSERT_EQ(std::count(row + 3, row + 16, 0.0F), 13) << "padding";
      ASSERT_EQ(*data->masks().row(r), static_cast<float>(r % 3));
      ASSERT_EQ(*data->weights().row(r), 1 + x);
    }
    std::vector<std::uint32_t> rows{1, 29999};
    EXPECT_EQ(data->filled_values(1, rows), (std::vector<float>{1.25F, 29999.25F}));
  }
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST(Dataset, RefusesTheFirstValueThatIsNotFiniteByItsEvent) {
  Dataset data{mixed_columns(), {"kept"}};
  append(data, 10);
  const float gap = std::nanf("");
  const std::vector<float> values{1, gap, 2, 3, 1, 0, 1, gap, gap, 1, 2, 3, 1, 0, 0, 1};
  const std::vector<std::uint64_t> ids{1000, 1001};
  data.append(2, values.data(), ids.data());
  data.finish();
  try {
    data.check("jets");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "data set 'jets' has the value nan in column 'kept' of event 1000");
  }
}

TEST(Dataset, RefusesAnEventThatIsThereTwice) {
  Dataset data{mixed_columns()};
  append(data, 10);
  const std::vector<float> values{1, 0, 2, 3, 1, 0, 1, 1};
  const std::uint64_t id = 21;
  data.append(1, values.data(), &id);
  data.finish();
  try {
    data.check("jets");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "data set 'jets' has event 21 twice");
  }
}

}  // namespace
}  // namespace steppe::data
