// Projectors on columns small enough to check by hand.
#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"

#include <steppe/columns.hpp>

#include <cmath>
#include <limits>
#include <map>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using testing::same_bits;
using testing::values_of;
using Values = std::vector<float>;

constexpr float infinity = std::numeric_limits<float>::infinity();
const float edge = static_cast<float>(std::acos(-1.0));

Column column(const std::string& name, const std::string& unit = "",
              ColumnKind kind = ColumnKind::real) {
  Column out;
  out.name = name;
  out.unit = unit;
  out.kind = kind;
  return out;
}

class ProjectorOn : public ::testing::TestWithParam<const char*> {
 protected:
  using Given = std::map<std::string, std::vector<plugin::Scalar>>;

  compute::Tensor tensor(const Values& values, std::size_t width) {
    const auto made = device->matrix(values.size() / width, width);
    const compute::Mapped view{*queue, made};
    for (std::size_t i = 0; i < values.size(); ++i) view->row(i / width)[i % width] = values[i];
    return made;
  }

  /// @returns `after` projected. @throws PluginError
  Values project(const std::string& name, const Given& given, const std::vector<Column>& columns,
                 const Values& before, const Values& after) {
    const auto& info = *testing::catalogue().find("projector", name);
    plugin::Settings settings;
    for (const auto& p : info.parameters) {
      const auto found = given.find(p.name);
      settings.items.push_back(
          {p.name, p.type, p.is_array, found == given.end() ? p.fallback : found->second});
    }
    const plugin::Instance instance{info, settings, name};
    plugin::Surroundings surroundings;
    surroundings.queue = queue.get();
    plugin::StageHost host{"projector", name, surroundings};
    const Columns named{columns, ""};
    const auto items = detail::to_c(named);
    const steppe_tensor from{tensor(before, columns.size())};
    steppe_tensor to{tensor(after, columns.size())};
    host.finish(instance.functions<steppe_projector>().project(
        instance.get(), host.get(), items.data(), items.size(), &from, &to));
    return values_of(*queue, to.tensor);
  }
  Values project(const std::string& name, const Given& given, const std::vector<Column>& columns,
                 const Values& after) {
    return project(name, given, columns, after, after);
  }
  std::string refusal(const std::string& name, const Given& given,
                      const std::vector<Column>& columns) {
    try {
      project(name, given, columns, Values(columns.size(), 0.0F));
    } catch (const plugin::PluginError& error) {
      return error.what();
    }
    return "";
  }

  std::shared_ptr<compute::Device> device = compute::open_device(GetParam());
  std::unique_ptr<compute::Queue> queue = device->queue();
};

const std::vector<Column> jets{column("constituent.0.delta_phi", "rad"),
                               column("constituent.0.charge", "", ColumnKind::integer),
                               column("jet.phi", "rad"), column("jet.log_pt", "log GeV")};

TEST_P(ProjectorOn, BoxClampsEachColumnToTheLimitsOfTheFirstPatternThatCoversIt) {
  const Given given{{"columns", {std::string{"*.charge"}, std::string{"*"}}},
                    {"low", {-1.0, -2.0}},
                    {"high", {1.0, 5.0}}};
  EXPECT_EQ(project("box", given, jets, {-3, -3, 3, 4, 9, 9, 9, -9}),
            (Values{-2, -1, 3, 4, 5, 1, 5, -2}));
}

TEST_P(ProjectorOn, BoxIsOpenWhereNoLimitIsGiven) {
  const Values wild{-1e30F, 1e30F, -0.0F, infinity};
  EXPECT_TRUE(same_bits(project("box", {}, jets, wild), wild));
}

TEST_P(ProjectorOn, BoxRefusesLimitsThatMakeNoSense) {
  EXPECT_NE(refusal("box", {{"low", {2.0}}, {"high", {1.0}}}, jets).find("'low' is above 'high'"),
            std::string::npos);
  EXPECT_NE(refusal("box", {{"low", {1.0, 2.0}}}, jets).find("2 limits for the 1 of 'columns'"),
            std::string::npos);
  EXPECT_NE(refusal("box", {{"columns", {}}}, jets).find("'columns' is empty"), std::string::npos);
}

TEST_P(ProjectorOn, FrozenPutsItsColumnsBackAndNoOthers) {
  const Values before{1, 2, -0.0F, 4, 5, 6, 7, 8}, after(8, 9.0F);
  EXPECT_TRUE(
      same_bits(project("frozen", {{"columns", {std::string{"jet.*"}}}}, jets, before, after),
                {9, 9, -0.0F, 4, 9, 9, 7, 8}));
}

TEST_P(ProjectorOn, FrozenSaysWhichPatternCoversNothing) {
  EXPECT_NE(refusal("frozen", {{"columns", {std::string{"jets.*"}}}}, jets)
                .find("'jets.*' covers no feature column"),
            std::string::npos);
}

TEST_P(ProjectorOn, IntegerRoundsTiesToEvenInIntegerColumnsOnly) {
  EXPECT_EQ(project("integer", {}, jets, {0.4F, 0.5F, 0.6F, 0.7F, 0.4F, 1.5F, 0.6F, 0.7F}),
            (Values{0.4F, 0, 0.6F, 0.7F, 0.4F, 2, 0.6F, 0.7F}));
  EXPECT_EQ(
      project("integer", {{"columns", {std::string{"*.log_pt"}}}}, jets, {0.4F, 0.5F, 0.6F, -2.5F}),
      (Values{0.4F, 0.5F, 0.6F, -2}));
}

TEST_P(ProjectorOn, PhiWrapIsIntoTheHalfOpenIntervalThatHoldsPlusPi) {
  const Values angles{0, 1, 3.5F, 0, -3.5F, 0, 10, 0, edge, 0, -edge, 0, -0.0F, 0, 1000, 99};
  const auto got = project("phi_wrap", {}, jets, angles);
  for (std::size_t i = 0; i < angles.size(); ++i) {
    if (i % 2 == 1) {
      ASSERT_EQ(got[i], angles[i]);
      continue;
    }
    ASSERT_TRUE(got[i] > -edge && got[i] <= edge) << angles[i];
    const double turns = (double{angles[i]} - double{got[i]}) / (2 * std::acos(-1.0));
    ASSERT_NEAR(turns, std::nearbyint(turns), 1e-6) << angles[i];
  }
  EXPECT_EQ(got[8], edge);
  EXPECT_NEAR(got[10], edge, 3e-7);
  EXPECT_TRUE(std::signbit(got[12]));
}

TEST_P(ProjectorOn, PhiWrapTakesOnlyAnglesInRad) {
  const std::vector<Column> degrees{column("jet.phi", "deg")};
  EXPECT_NE(refusal("phi_wrap", {}, degrees).find("with the unit rad"), std::string::npos);
}

TEST_P(ProjectorOn, PhiWrapComesToRestAfterOnceWhateverTheAngle) {
  const std::vector<Column> one{column("jet.phi", "rad")};
  Values angles;
  for (int turn = -6; turn <= 6; ++turn)
    for (float x = static_cast<float>(turn) * edge, i = 0; i < 5; ++i) {
      angles.push_back(x);
      x = std::nextafter(x, infinity);
    }
  const auto once = project("phi_wrap", {}, one, angles);
  for (const float x : once) ASSERT_TRUE(x > -edge && x <= edge) << x;
  EXPECT_TRUE(same_bits(project("phi_wrap", {}, one, once), once));
}

INSTANTIATE_TEST_SUITE_P(Devices, ProjectorOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe
