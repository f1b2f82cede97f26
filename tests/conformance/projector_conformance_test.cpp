// Every projector in the catalogue, on real columns: twice is as good as once, and an allowed
// event keeps its bits.
#include "framework/run/projection.hpp"

#include <algorithm>
#include <ostream>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using testing::Bench;
using testing::same_bits;
using testing::values_of;

constexpr std::size_t rows = 24;

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
  for (const auto* device : {"cpu", "far"}) {
    for (const auto& name : testing::catalogue().names("projector"))
      if (works_without_settings(name)) out.push_back({name, "", "", device});
    out.push_back({"box", "_tight", "low = -0.5\nhigh = 0.25\n", device});
    out.push_back({"frozen", "_jet", "columns = [\"jet.*\"]\n", device});
    out.push_back({"integer", "_all", "columns = [\"*\"]\n", device});
  }
  return out;
}

class AnyProjector : public ::testing::TestWithParam<Case> {
 protected:
  AnyProjector()
      : plan_{testing::tiny_plan("\n[projector.it]\nuse = \"" + GetParam().projector + "\"\n" +
                                     GetParam().settings + "[attack.fgsm]\nproject = [\"it\"]\n",
                                 {"values.attack=fgsm"})},
        bench_{plan_, GetParam().device, rows},
        before_{bench_.batch.features()},
        after_{bench_.device->matrix(rows, before_.columns)},
        projection_{plan_.trainings[0].attacks[0].projectors, *bench_.data, surroundings()} {
    // Moved by up to four units, so that every kind of limit is crossed.
    bench_.queue->uniform({3, 1}, bench_.batch.event_ids(), -4.0F, 4.0F, after_);
    bench_.queue->axpy(1.0F, before_, after_);
  }

  plugin::Surroundings surroundings() {
    plugin::Surroundings out;
    out.queue = bench_.queue.get();
    return out;
  }
  std::vector<float> projected() {
    projection_.apply(before_, after_);
    return values_of(*bench_.queue, after_);
  }

  pipeline::Plan plan_;
  Bench bench_;
  compute::Tensor before_, after_;
  run::Projection projection_;
};

TEST_P(AnyProjector, IsIdempotentAndLeavesAllowedEventsBitForBit) {
  const auto once = projected();
  EXPECT_TRUE(same_bits(projected(), once));
}

TEST_P(AnyProjector, LeavesEventsWhereTheyWere) {
  const auto clean = values_of(*bench_.queue, before_);
  projected();
  EXPECT_TRUE(same_bits(values_of(*bench_.queue, before_), clean));
}

TEST_P(AnyProjector, ProjectsEachEventByItself) {
  const auto moved = values_of(*bench_.queue, after_);
  const auto together = projected();
  for (std::size_t r = 0; r < rows; ++r) {
    const auto from = static_cast<std::ptrdiff_t>(r * before_.columns);
    {
      const compute::Mapped view{*bench_.queue, after_};
      std::copy_n(moved.begin() + from, before_.columns, view->row(r));
    }
    const auto before = before_.slice_rows(r, 1), after = after_.slice_rows(r, 1);
    projection_.apply(before, after);
    const std::vector<float> alone = values_of(*bench_.queue, after);
    ASSERT_TRUE(same_bits(
        alone, {together.begin() + from, together.begin() + from + std::ptrdiff_t(alone.size())}));
  }
}

TEST_P(AnyProjector, TakesNoEventsAtAll) { projection_.apply(before_.head(0), after_.head(0)); }

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyProjector, ::testing::ValuesIn(cases()),
                         [](const auto& one) {
                           return one.param.projector + one.param.variant + "_" + one.param.device;
                         });

}  // namespace
}  // namespace steppe
