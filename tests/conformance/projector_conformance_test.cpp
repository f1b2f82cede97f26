// Every projector in the catalogue, on real columns: twice is as good as once, and an allowed
// event keeps its bits.
#include "framework/verify/projector_trial.hpp"

#include <algorithm>
#include <ostream>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

struct Case {
  std::string projector, variant, settings, device;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.projector << one.variant << " on " << one.device;
}

bool works_without_settings(const std::string& projector) {
  const auto& parameters = testing::catalogue().find("projector", projector)->parameters;
  return std::none_of(parameters.begin(), parameters.end(),
                      [](const plugin::Parameter& p) { return p.required; });
}

std::vector<Case> cases() {
  std::vector<Case> out;
  for (const auto* device : tested_devices()) {
    for (const auto& name : testing::catalogue().names("projector"))
      if (works_without_settings(name)) out.push_back({name, "", "", device});
    out.push_back({"box", "_tight", "low = -0.5\nhigh = 0.25\n", device});
    out.push_back({"frozen", "_jet", "columns = [\"jet.*\"]\n", device});
    out.push_back({"integer", "_all", "columns = [\"*\"]\n", device});
  }
  return out;
}

class AnyProjector : public ::testing::TestWithParam<Case>, protected verify::ProjectorTrial {
 protected:
  AnyProjector()
      : ProjectorTrial{testing::catalogue(), GetParam().projector, GetParam().settings,
                       GetParam().device} {}
};

TEST_P(AnyProjector, IsIdempotentAndLeavesAllowedEventsBitForBit) {
  EXPECT_EQ(fault_of_repetition(), "");
}

TEST_P(AnyProjector, LeavesEventsWhereTheyWere) { EXPECT_EQ(fault_of_clean_events(), ""); }

TEST_P(AnyProjector, ProjectsEachEventByItself) { EXPECT_EQ(fault_of_one_event(), ""); }

TEST_P(AnyProjector, TakesNoEventsAtAll) { projection_.apply(before_.head(0), after_.head(0)); }

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyProjector, ::testing::ValuesIn(cases()),
                         [](const auto& one) {
                           return one.param.projector + one.param.variant + "_" + one.param.device;
                         });

}  // namespace
}  // namespace steppe
