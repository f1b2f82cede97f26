// Two records part by part, also where one is of an older program.
#include "framework/report/record_difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Json record() {
  return {
      {"format", "steppe-run/1"},
      {"steppe", "0.1.0"},
      {"set", {"values.epochs=2"}},
      {"host", {{"name", "here"}, {"cpu", "One"}, {"cores", 2}}},
      {"seed", 5},
      {"trials", {0, 1}},
      {"onednn", {{"version", "2.6.3"}, {"implementations", {"gemm:jit"}}}},
      {"plugins", {{{"kind", "attack"}, {"name", "fgsm"}, {"version", "1"}, {"content", "aa"}}}},
      {"data_files",
       {{{"setting", "reader.jets.path"}, {"path", "/a/jets.h5"}, {"content", "bb"}}}},
      {"pipeline",
       "[attack.fgsm]\nepsilon = 0.05\n[[require]]\nthat = \"a\"\n[[require]]\nthat = \"b\"\n"}};
}

/// "pipeline: attack.fgsm.epsilon 0.05 -> 0.06"
std::vector<std::string> told(const Json& first, const Json& second) {
  std::vector<std::string> out;
  for (const auto& part : record_difference(first, second))
    for (const auto& change : part.changes)
      out.push_back(part.name + ": " + change.what + " " + change.first.value_or("-") + " -> " +
                    change.second.value_or("-"));
  return out;
}

TEST(RecordDifference, OfARecordAndItselfIsNone) {
  EXPECT_THAT(told(record(), record()), IsEmpty());
}

TEST(RecordDifference, NamesSettingsWithTheirHeadings) {
  auto other = record();
  other["pipeline"] = "[attack.fgsm]\nepsilon = 0.06\nsteps = 3\n[[require]]\nthat = \"b\"\n";
  other["set"] = {"values.epochs=3", "matrix.trial=2"};
  EXPECT_THAT(
      told(record(), other),
      ElementsAre("pipeline: attack.fgsm.epsilon 0.05 -> 0.06",
                  "pipeline: require {that = \"a\"} -> -", "pipeline: attack.fgsm.steps - -> 3",
                  "set: values.epochs 2 -> 3", "set: matrix.trial - -> 2"));
}

TEST(RecordDifference, NamesWhatComputedAndWhatWasRead) {
  auto other = record();
  other["plugins"][0]["content"] = "cc";
  other["data_files"][0]["path"] = "/moved/jets.h5";
  other["data_files"][0]["content"] = "dd";
  other["host"]["cpu"] = "Two";
  other["onednn"]["implementations"].push_back("brg:avx2");
  other["seed"] = 6;
  EXPECT_THAT(
      told(record(), other),
      ElementsAre("plugins: attack.fgsm content aa -> cc",
                  "data files: reader.jets.path jets.h5 content bb -> dd", "seeds: seed 5 -> 6",
                  R"(program: onednn.implementations ["gemm:jit"] -> ["gemm:jit","brg:avx2"])",
                  "host: host.cpu One -> Two"));
}

TEST(RecordDifference, DoesNotCompareWhatAnOlderProgramDoesNotSay) {
  auto old = record();
  for (const auto* key : {"data_files", "onednn", "seed", "trials"}) old.erase(key);
  old["host"].erase("cpu");
  old["plugins"][0].erase("content");
  EXPECT_THAT(told(old, record()), IsEmpty());
  for (const auto& part : record_difference(old, record()))
    EXPECT_EQ(part.told, part.name != "data files" && part.name != "seeds") << part.name;
}

}  // namespace
}  // namespace steppe::report
