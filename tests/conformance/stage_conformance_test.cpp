// Every stage in the catalogue: documented, with settings a file can leave out.
#include <gtest/gtest.h>

#include "framework/plugin/instance.hpp"
#include "tiny_study.hpp"

namespace steppe {
namespace {

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

TEST_P(AnyStage, IsMadeFromItsDefaults) {
  plugin::Settings settings;
  for (const auto& p : GetParam().parameters) {
    if (p.required) GTEST_SKIP() << "'" << p.name << "' has no default";
    settings.items.push_back({p.name, p.type, p.is_array, p.fallback});
  }
  EXPECT_NO_THROW((plugin::Instance{GetParam(), settings, "it"}));
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyStage,
                         ::testing::ValuesIn(testing::catalogue().stages()),
                         [](const auto& one) { return one.param.kind + "_" + one.param.name; });

}  // namespace
}  // namespace steppe
