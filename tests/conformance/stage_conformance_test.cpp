// Every stage in the catalogue: documented, with settings a file can leave out.
#include "framework/verify/stage_checks.hpp"

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
  EXPECT_EQ(verify::fault_of_texts(GetParam()), "");
}

TEST_P(AnyStage, HasDefaultsThatItsSchemaAllows) {
  EXPECT_EQ(verify::fault_of_defaults(GetParam()), "");
}

class StageWithDefaults : public AnyStage {};

TEST_P(StageWithDefaults, IsMadeFromThem) {
  EXPECT_NO_THROW(verify::make_from_defaults(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyStage, ::testing::ValuesIn(catalogue().stages()), name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, StageWithDefaults,
                         ::testing::ValuesIn(without_required_settings()), name_of);

}  // namespace
}  // namespace steppe
