// Figures that are kept, drawn by a program that leaves a mark each time.
#include "framework/report/gnuplot.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "path_fixture.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe::report;
namespace fs = std::filesystem;

class InMemory final : public Drawings {
 public:
  std::optional<Drawing> find(const fs::path& program, const std::string& script) override {
    const auto found = kept.find(program.string() + script);
    return found == kept.end() ? std::nullopt : std::optional{found->second};
  }
  void keep(const fs::path& program, const std::string& script, const Drawing& drawing,
            const std::string&) override {
    kept[program.string() + script] = drawing;
  }
  std::map<std::string, Drawing> kept;
};

class DrawingsTest : public ::testing::Test {
 protected:
  DrawingsTest() {
    std::ofstream{folder / "gnuplot"}
        << "#!/bin/sh\necho drawn >>'" << marks().string()
        << "'\necho '<svg><g></g></svg>' >figure.svg\n"
           "printf '%%PDF /CreationDate (D:20260131120000Z) end' >figure.pdf\n";
    fs::permissions(folder / "gnuplot", fs::perms::owner_all);
  }

  fs::path marks() const { return folder / "marks"; }
  int drawn() const {
    std::ifstream in{marks()};
    int out = 0;
    for (std::string line; std::getline(in, line);) ++out;
    return out;
  }
  static Plot plot(double y) {
    Plot out{"a", "t", "c", "x", "y", false, {}};
    out.series.push_back({"s", 0, false, {1, 2}, {y, y}, {y, y}, {y, y}});
    return out;
  }

  const fs::path folder = [] {
    auto name = ::testing::TempDir() + "drawings.XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
  }();
  const steppe::report::testing::Path path{folder.string() + ":/bin:/usr/bin"};
};

TEST_F(DrawingsTest, AnUnchangedFigureIsDrawnOnce) {
  InMemory before;
  const auto first = draw({plot(1)}, &before);
  const auto second = draw({plot(1)}, &before);
  EXPECT_EQ(drawn(), 1);
  ASSERT_EQ(second.drawn.size(), 1U);
  EXPECT_EQ(first.drawn[0].svg, second.drawn[0].svg);
  EXPECT_EQ(first.drawn[0].pdf, second.drawn[0].pdf);
}

TEST_F(DrawingsTest, AnotherNumberIsAnotherFigure) {
  InMemory before;
  draw({plot(1)}, &before);
  draw({plot(2)}, &before);
  EXPECT_EQ(drawn(), 2);
}

TEST_F(DrawingsTest, TheCaptionIsOfThePageAndNotOfTheDrawing) {
  InMemory before;
  draw({plot(1)}, &before);
  auto other = plot(1);
  other.caption = "another";
  EXPECT_THAT(draw({other}, &before).drawn[0].svg, ::testing::HasSubstr("another"));
  EXPECT_EQ(drawn(), 1);
}

TEST_F(DrawingsTest, WithoutAPlaceEveryFigureIsDrawn) {
  draw({plot(1)});
  draw({plot(1)});
  EXPECT_EQ(drawn(), 2);
}

TEST_F(DrawingsTest, APdfHasNoTimeOfDrawing) {
  EXPECT_EQ(draw({plot(1)}).drawn[0].pdf, "%PDF /CreationDate (D:19700101000000Z) end");
}

TEST_F(DrawingsTest, WhatFailsIsNotKept) {
  std::ofstream{folder / "gnuplot"} << "#!/bin/sh\nexit 1\n";
  InMemory before;
  EXPECT_EQ(draw({plot(1)}, &before).notes.size(), 1U);
  EXPECT_TRUE(before.kept.empty());
}

}  // namespace
