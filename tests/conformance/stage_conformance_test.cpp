// Every stage in the catalogue: documented, with settings a file can leave out.
#include "framework/plugin/instance.hpp"

#include <algorithm>
#include <ostream>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace plugin {

void PrintTo(const StageInfo& stage, std::ostream* out) { *out << stage.kind << " " << stage.name; }

}  // namespace plugin

namespace {

using testing::catalogue;

std::string name_of(const ::testing::TestParamInfo<plugin::StageInfo>& one) {
  return one.param.kind + "_" + one.param.name;
}

/// All stages that a file may use without a single setting.
std::vector<plugin::StageInfo> without_required_settings() {
  auto out = catalogue().stages();
  std::erase_if(out, [](const plugin::StageInfo& stage) {
    return std::any_of(stage.parameters.begin(), stage.parameters.end(),
                       [](const plugin::Parameter& p) { return p.required; });
  });
  return out;
}

class AnyStage : public ::testing::TestWithParam<plugin::StageInfo> {};

TEST_P(AnyStage, SaysWhatItDoesAndWhatEachSettingMeans) {
  const auto& stage = GetParam();
  EXPECT_FALSE(stage.summary.empty());
  EXPECT_FALSE(stage.version.empty());
  for (const auto& parameter : stage.parameters) {
    EXPECT_FALSE(parameter.text.empty()) << parameter.name;
    for (const auto& item : parameter.fallback)
      if (const auto* real = std::get_if<double>(&item)) {
        EXPECT_GE(*real, parameter.minimum) << parameter.name;
        EXPECT_LE(*real, parameter.maximum) << parameter.name;
      }
  }
}

class StageWithDefaults : public AnyStage {};

TEST_P(StageWithDefaults, IsMadeFromThem) {
  plugin::Settings settings;
  for (const auto& p : GetParam().parameters)
    settings.items.push_back({p.name, p.type, p.is_array, p.fallback});
  EXPECT_NO_THROW((plugin::Instance{GetParam(), settings, "it"}));
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyStage, ::testing::ValuesIn(catalogue().stages()), name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, StageWithDefaults,
                         ::testing::ValuesIn(without_required_settings()), name_of);

}  // namespace
}  // namespace steppe
