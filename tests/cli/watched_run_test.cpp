// Lines of a log, what is known from them, and how it is shown.
#include "framework/cli/watched_run.hpp"

#include "framework/cli/event_stream.hpp"
#include "framework/cli/log_reader.hpp"
#include "framework/cli/watch_text.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe::cli;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using State = WatchedNode::State;

constexpr auto first_line =
    R"({"format": "steppe-events/1", "event": "run_started", "time": 0,
        "started": "2026-01-31T12:00:00Z", "pipeline": "small",
        "owner": {"host": "h", "boot": "b", "space": "s", "process": 7, "started": 9},
        "nodes": [{"node": "jets", "kind": "data"}, {"node": "one", "kind": "training"},
                  {"node": "two", "kind": "training"}, {"node": "three", "kind": "training"}]})";

class WatchedRunTest : public testing::Test {
 protected:
  WatchedRunTest() { run.take(first_line); }

  void start(const char* node, double time) {
    run.take(fmt::format(R"({{"event": "node_started", "time": {}, "node": "{}"}})", time, node));
  }
  void finish(const char* node, double time, double seconds, bool found = false) {
    run.take(fmt::format(R"({{"event": "node_finished", "time": {}, "node": "{}", "seconds": {},
                              "found": {}, "detail": "ready"}})",
                         time, node, seconds, found));
  }
  void progress(const char* node, double time, int done) {
    run.take(fmt::format(R"({{"event": "progress", "time": {}, "node": "{}", "done": {},
                              "total": 100, "unit": "events"}})",
                         time, node, done));
  }
  std::string shown(double now) const {
    return fmt::format("{}", fmt::join(state_lines(run, now, 20), "\n"));
  }

  WatchedRun run;
};

TEST_F(WatchedRunTest, KnowsItsNodesAndItsOwnerFromTheFirstLine) {
  EXPECT_TRUE(run.begun());
  EXPECT_EQ(run.pipeline(), "small");
  EXPECT_EQ(run.owner(), (steppe::store::Owner{"h", "b", "s", 7, 9}));
  EXPECT_EQ(run.nodes().size(), 4U);
  EXPECT_EQ(run.count(State::waiting), 4U);
}

TEST_F(WatchedRunTest, FollowsANodeFromItsStartToItsEnd) {
  start("one", 1);
  progress("one", 3, 40);
  const auto& node = run.nodes()[1];
  EXPECT_EQ(node.state, State::running);
  EXPECT_EQ(node.rate(), 20);
  EXPECT_THAT(shown(3), HasSubstr("  one: 2s, 40 %, 20 events/s"));
  finish("one", 6, 5);
  EXPECT_EQ(node.state, State::done);
  EXPECT_EQ(node.seconds, 5);
  EXPECT_EQ(run.time(), 6);
}

TEST_F(WatchedRunTest, EstimatesFromFinishedNodesOfTheSameKind) {
  EXPECT_FALSE(run.left(0)) << "nothing is known";
  start("jets", 0);
  finish("jets", 1, 1);
  start("one", 1);
  finish("one", 11, 10);
  start("two", 11);
  // Of two there are 10 - 4 seconds left, of three 10; one ran at a time.
  const auto left = run.left(15);
  ASSERT_TRUE(left);
  EXPECT_DOUBLE_EQ(left->seconds, 16);
  EXPECT_EQ(left->made, 2U);
  EXPECT_EQ(left->running, 0U);
  EXPECT_FALSE(left->at_least);
}

TEST_F(WatchedRunTest, EstimatesFromANodesOwnProgressWhereNoneIsFinished) {
  start("one", 0);
  progress("one", 5, 50);
  // Five seconds of its own, ten of each of the other two; of data nothing is known.
  const auto left = run.left(5);
  ASSERT_TRUE(left);
  EXPECT_DOUBLE_EQ(left->seconds, 25);
  EXPECT_EQ(left->running, 1U);
  EXPECT_TRUE(left->at_least);
}

TEST_F(WatchedRunTest, NodesThatRunAtOnceShareTheTime) {
  finish("jets", 0, 1);
  start("one", 0);
  start("two", 0);
  progress("one", 5, 50);
  progress("two", 5, 50);
  // Ten seconds for two at once, and the third one after them alone.
  EXPECT_DOUBLE_EQ(run.left(5)->seconds, 10);
}

TEST_F(WatchedRunTest, WhatWasFoundSaysNothingAboutTheTime) {
  start("one", 0);
  finish("one", 0.1, 0.1, true);
  EXPECT_EQ(run.found(), 1U);
  EXPECT_FALSE(run.left(1));
}

TEST_F(WatchedRunTest, SkipsWhatIsNoEvent) {
  for (const auto* line : {"", "{\"event\": \"node_fin", "[1]", "{\"event\": 3}",
                           R"({"event": "node_started", "time": 1})",
                           R"({"event": "node_started", "time": 1, "node": "nobody"})",
                           R"({"event": "of_the_future", "time": 2, "node": "one"})"})
    run.take(line);
  EXPECT_EQ(run.count(State::waiting), 4U);
}

TEST(WatchedRun, ALogThatIsSomethingElseDoesNotBegin) {
  WatchedRun run;
  EXPECT_FALSE(run.take(R"({"event": "note", "time": 1, "note": "a"})"));
  EXPECT_FALSE(run.take(R"({"format": "steppe-events/2", "event": "note", "time": 1})"));
  EXPECT_FALSE(run.begun());
}

TEST_F(WatchedRunTest, TellsFailuresNotesAndTheVerdict) {
  start("one", 1);
  run.take(R"({"event": "node_failed", "time": 2, "node": "one", "error": "no rows"})");
  run.take(R"({"event": "note", "time": 2, "note": "odd"})");
  const auto told = shown(2);
  EXPECT_THAT(told, HasSubstr("error: one: no rows"));
  EXPECT_THAT(told, HasSubstr("note: odd"));
  EXPECT_THAT(told, HasSubstr("1 failed"));
  run.take(R"({"event": "run_ended", "time": 12, "exit_code": 1})");
  EXPECT_EQ(verdict_line(run), "ended after 12s: something failed");
}

TEST_F(WatchedRunTest, TellsOfALongSilence) {
  start("one", 10);
  EXPECT_THAT(shown(70), testing::Not(HasSubstr("news")));
  EXPECT_THAT(shown(85), HasSubstr("the last news 1m15s ago"));
}

TEST_F(WatchedRunTest, EachExitCodeHasItsVerdict) {
  run.take(R"({"event": "run_ended", "time": 1, "exit_code": 0})");
  EXPECT_THAT(verdict_line(run), HasSubstr("all gates hold"));
  run.take(R"({"event": "run_ended", "time": 1, "exit_code": 3})");
  EXPECT_THAT(verdict_line(run), HasSubstr("a gate does not hold"));
  run.take(R"({"event": "run_ended", "time": 1, "exit_code": 1})");
  EXPECT_THAT(verdict_line(run), HasSubstr("it was stopped"));
  run.take(R"({"event": "run_ended", "time": 1, "exit_code": 1, "error": "disk full"})");
  EXPECT_THAT(verdict_line(run), HasSubstr("disk full"));
}

TEST_F(WatchedRunTest, ThePictureFitsTheTerminal) {
  for (const auto* node : {"one", "two", "three", "jets"}) start(node, 0);
  EXPECT_EQ(state_lines(run, 1, 5).size(), 5U);
  EXPECT_THAT(state_lines(run, 1, 5)[3], StartsWith("  and 2 more nodes"));
}

std::filesystem::path log_of_test() {
  auto folder = testing::TempDir() + "watched_run.XXXXXX";
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  return std::filesystem::path{folder} / log_file;
}

TEST(LogReader, ALineIsReadWhenItIsWhole) {
  const auto path = log_of_test();
  std::ofstream out{path};
  out << "one\ntw" << std::flush;
  LogReader log{path};
  EXPECT_THAT(log.read(), ElementsAre("one"));
  EXPECT_THAT(log.read(), ElementsAre());
  out << "o\nthree\n" << std::flush;
  EXPECT_THAT(log.read(), ElementsAre("two", "three"));
}

TEST(LogReader, ANewLogIsReadFromItsBeginning) {
  const auto path = log_of_test();
  const auto sink = log_sink(path.parent_path());
  sink("old\n");
  LogReader log{path};
  EXPECT_THAT(log.read(), ElementsAre("old"));
  EXPECT_FALSE(log.replaced());
  const auto next = log_sink(path.parent_path());
  next("new\n");
  EXPECT_TRUE(log.replaced());
  EXPECT_THAT(log.read(), ElementsAre("new"));
  sink("late\n");
  EXPECT_THAT(log.read(), ElementsAre()) << "the old run writes where nobody looks any more";
}

}  // namespace
