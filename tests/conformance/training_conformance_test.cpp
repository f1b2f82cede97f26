// Every model, optimizer and trainer in the catalogue, in a small training: it ends with the same
// bytes for any number of threads, in small batches and in large ones.
#include "framework/verify/training_trial.hpp"

#include <ostream>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

struct Trained {
  std::string kind, name;
};

void PrintTo(const Trained& one, std::ostream* out) { *out << one.kind << " " << one.name; }

std::vector<Trained> all_trained() {
  std::vector<Trained> out;
  for (const auto* kind : {"model", "optimizer", "trainer"})
    for (const auto& name : testing::catalogue().names(kind)) out.push_back({kind, name});
  return out;
}

class TrainingBytes : public ::testing::TestWithParam<Trained> {};

TEST_P(TrainingBytes, AreTheSameForAnyNumberOfThreads) {
  const auto& [kind, name] = GetParam();
  const auto& stage = *testing::catalogue().find(kind, name);
  const verify::TrainingTrial trial{testing::catalogue(), stage, {}, "cpu"};
  EXPECT_EQ(trial.fault_of_threads(), "");
}

INSTANTIATE_TEST_SUITE_P(Catalogue, TrainingBytes, ::testing::ValuesIn(all_trained()),
                         [](const auto& one) { return one.param.kind + "_" + one.param.name; });

}  // namespace
}  // namespace steppe
