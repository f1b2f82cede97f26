// The lines of a run of one data set and one metric of the study.
#include "framework/cli/event_stream.hpp"

#include "framework/store/owner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe;
using namespace steppe::cli;
using testing::ElementsAre;
using testing::EndsWith;

pipeline::Plan small_plan() {
  pipeline::Plan out;
  out.name = "small";
  out.file = "small.toml";
  out.axes = {"test"};
  out.data.emplace_back().name = "jets";
  out.comparisons.emplace_back().name = "delta_s";
  return out;
}

class EventStreamTest : public testing::Test {
 protected:
  EventStream::Clock::time_point time{std::chrono::hours{1}};
  std::vector<Json> lines;
  EventStream stream{{[this](std::string_view line) {
                       EXPECT_THAT(std::string{line}, EndsWith("}\n"));
                       lines.push_back(Json::parse(line));
                       return true;
                     }},
                     [this] { return time; }};

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& line : lines) out.push_back(line.at("event"));
    return out;
  }
};

TEST_F(EventStreamTest, TheFirstLineSaysTheFormatTheOwnerAndAllNodes) {
  stream.begin(small_plan(), "runs/small", "2026-01-31T12:00:00Z");
  ASSERT_EQ(lines.size(), 1U);
  const auto& first = lines[0];
  EXPECT_EQ(first.begin().key(), "format");
  EXPECT_EQ(first.at("format"), "steppe-events/1");
  EXPECT_EQ(first.at("event"), "run_started");
  EXPECT_EQ(first.at("time"), 0);
  EXPECT_EQ(first.at("started"), "2026-01-31T12:00:00Z");
  EXPECT_EQ(first.at("owner").at("process"), store::this_process().process);
  EXPECT_EQ(first.at("nodes"), Json::parse(R"([{"node": "data 'jets'", "kind": "data"},
                                               {"node": "compare delta_s", "kind": "comparison"}])"));
}

TEST_F(EventStreamTest, TimesAreSecondsSinceTheStart) {
  time += std::chrono::milliseconds{1250};
  stream.note("odd");
  EXPECT_EQ(lines[0], Json::parse(R"({"event": "note", "time": 1.25, "note": "odd"})"));
}

TEST_F(EventStreamTest, ProgressIsToldFiveTimesASecondANode) {
  stream.started("a");
  stream.started("b");
  for (std::uint64_t step = 0; step < 1000; ++step) {  // two seconds
    stream.progress("a", step, 1000, "events");
    stream.progress("b", step, 0, "rows");
    time += std::chrono::milliseconds{2};
  }
  std::map<std::string, int> told;
  for (const auto& line : lines)
    if (line.at("event") == "progress") ++told[line.at("node")];
  EXPECT_EQ(told, (std::map<std::string, int>{{"a", 10}, {"b", 10}}));
  EXPECT_EQ(lines.back().contains("total"), false) << "that of b is not known";
}

TEST_F(EventStreamTest, NodesThatDoNotRunMakeNoProgress) {
  stream.progress("", 1, 2, "rows");
  EXPECT_TRUE(lines.empty());
}

TEST_F(EventStreamTest, ANodeIsFoundOrMade) {
  for (const auto* node : {"made", "there"}) stream.started(node);
  stream.found("there");
  for (const auto* node : {"made", "there"}) stream.finished(node, 0.5, "line");
  EXPECT_EQ(lines[2].at("found"), false);
  EXPECT_EQ(lines[3], Json::parse(R"({"event": "node_finished", "time": 0, "node": "there",
                                      "seconds": 0.5, "found": true, "detail": "line"})"));
}

TEST_F(EventStreamTest, EveryNodeThatStartsEndsOnce) {
  for (const auto* node : {"finished", "failed", "stopped", "finished"}) stream.started(node);
  stream.finished("finished", 1, "");
  stream.failed("failed", "no");
  stream.end(1, "disk full");
  EXPECT_THAT(names(), ElementsAre("node_started", "node_started", "node_started", "node_finished",
                                   "node_failed", "node_stopped", "run_ended"));
  EXPECT_EQ(lines[5].at("node"), "stopped");
  EXPECT_EQ(lines[6].at("exit_code"), 1);
  EXPECT_EQ(lines[6].at("error"), "disk full");
}

TEST_F(EventStreamTest, ANoteIsToldOnce) {
  stream.note("odd");
  stream.note("odd");
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(EventStreamTest, TextsAreAsciiWhateverTheyHold) {
  std::string line;
  EventStream out{{[&](std::string_view text) {
    line = text;
    return true;
  }}};
  out.note("\x1b[31m \xff \xe2\x80\xae");
  for (const char c : line) EXPECT_TRUE(c == '\n' || (c >= ' ' && c < 127)) << static_cast<int>(c);
}

TEST(EventStream, ASinkThatCanTakeNoMoreGetsNoMore) {
  int broken = 0, other = 0;
  EventStream stream{{[&](std::string_view) { return ++broken < 2; },
                      [&](std::string_view) { return ++other > 0; }}};
  for (const auto* note : {"a", "b", "c"}) stream.note(note);
  EXPECT_EQ(broken, 2);
  EXPECT_EQ(other, 3);
}

TEST_F(EventStreamTest, ARefusedPipelineSaysWhyAndEnds) {
  stream.refuse(Json::array({{{"sentence", "no"}}}));
  stream.end(2);
  EXPECT_EQ(lines[0].at("format"), "steppe-events/1");
  EXPECT_EQ(lines[0].at("problems")[0].at("sentence"), "no");
  EXPECT_EQ(lines[1].at("exit_code"), 2);
}

}  // namespace
