// JUnit XML as Jenkins (its junit plugin) and GitLab read it: testsuites, testsuite, testcase, and
// in it failure, error or skipped.
#include "framework/report/junit.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

GateVerdict gate(const std::string& that, bool holds) {
  return {that, "study.toml:12:1", {holds, holds ? "" : "it is 0.7"}};
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t out = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++out;
  return out;
}

TEST(Junit, OfARunWithoutGatesIsOneCase) {
  EXPECT_EQ(junit_xml({"quick", 1.5, {}, {}, false}),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"1.500\">\n"
            " <testsuite name=\"quick\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" "
            "time=\"1.500\">\n"
            "  <testcase classname=\"quick\" name=\"run\" time=\"1.500\"/>\n"
            " </testsuite>\n</testsuites>\n");
}

TEST(Junit, AGateThatDoesNotHoldIsAFailureWithItsReasonAndPlace) {
  const auto xml = junit_xml({"quick", 0, {gate("auc > 0.5", true), gate("auc > 0.9", false)}, {}});
  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\""));
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"quick.gates\" name=\"auc &gt; 0.5\" "
                             "time=\"0.000\"/>\n"));
  EXPECT_THAT(xml,
              HasSubstr("<failure message=\"it is 0.7\">it is 0.7&#10;study.toml:12:1</failure>"));
}

TEST(Junit, ANodeThatFailsIsAnErrorAndLeavesGatesWithoutAVerdict) {
  const auto xml = junit_xml(
      {"quick", 0, {gate("auc > 0.9", false)}, {{"fit (trial=0)", "the loss is not finite"}}});
  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("classname=\"quick.nodes\" name=\"fit (trial=0)\""));
  EXPECT_THAT(xml, HasSubstr("<error message=\"the loss is not finite\">"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"it is 0.7\">"));
  EXPECT_THAT(xml, Not(HasSubstr("<failure")));
}

TEST(Junit, ARunThatWasStoppedIsAnError) {
  const auto xml = junit_xml({"quick", 0, {}, {}, true});
  EXPECT_THAT(xml, HasSubstr("tests=\"1\" failures=\"0\" errors=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<error message=\"stopped before the end\">"));
}

TEST(Junit, TextsMakeNoElementsAndNoAttributes) {
  const std::string evil = "\"/><failure x='1'>]]>&\x1b[31m\n</testcase>";
  const auto xml = junit_xml({evil, 0, {{evil, evil, {false, evil}}}, {{evil, evil}}, false});
  EXPECT_EQ(count(xml, "<"), 2U * 2U + 1U + 1U + 2U * 4U);
  EXPECT_EQ(count(xml, "\x1b"), 0U);
  EXPECT_EQ(count(xml, "'"), 0U);
  EXPECT_EQ(count(xml, "]]>"), 0U);
}

}  // namespace
}  // namespace steppe::report
