// Every metric in the catalogue on small sets of scores: finite, or undefined with the reason.
#include "framework/verify/metric_checks.hpp"

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

/// Those of one point; `compare` needs a study.
std::vector<std::string> metrics() {
  auto out = testing::catalogue().names("metric");
  std::erase_if(out, [](const std::string& name) {
    return !plugin::functions_of<steppe_metric>(*testing::catalogue().find("metric", name)).measure;
  });
  return out;
}

class AnyMetric : public ::testing::TestWithParam<std::string> {};

TEST_P(AnyMetric, GivesFiniteNumbersOrSaysWhyNot) {
  const auto& stage = *testing::catalogue().find("metric", GetParam());
  EXPECT_EQ(verify::fault_of_numbers({stage, plugin::default_settings(stage), "it"}), "");
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyMetric, ::testing::ValuesIn(metrics()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace steppe
