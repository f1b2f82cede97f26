#include "framework/plugin/settings.hpp"

#include "framework/plugin/kinds.hpp"

#include <gtest/gtest.h>

namespace steppe::plugin {
namespace {

TEST(Scalar, IsSpeltAsAPipelineFileSpellsIt) {
  EXPECT_EQ(to_text(Scalar{0.5}), "0.5");
  EXPECT_EQ(to_text(Scalar{1.0}), "1.0");
  EXPECT_EQ(to_text(Scalar{1e-5}), "1e-05");
  EXPECT_EQ(to_text(Scalar{std::int64_t{3}}), "3");
  EXPECT_EQ(to_text(Scalar{true}), "true");
  EXPECT_EQ(to_text(Scalar{std::string{"max"}}), "'max'");
}

TEST(Parameter, SaysItsRange) {
  Parameter p;
  EXPECT_EQ(p.range(), "");
  p.minimum = 0;
  EXPECT_EQ(p.range(), "[0, inf)");
  p.above_minimum = true;
  EXPECT_EQ(p.range(), "(0, inf)");
  p.choices = {"max", "l2"};
  EXPECT_EQ(p.range(), "one of 'max', 'l2'");
}

TEST(Kinds, HaveNamesNobodyElseHas) {
  for (const auto& kind : kinds()) EXPECT_EQ(find_kind(kind.name), &kind);
  EXPECT_EQ(find_kind("attak"), nullptr);
}

}  // namespace
}  // namespace steppe::plugin
