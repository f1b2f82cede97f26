// Every model, optimizer and trainer in the catalogue, in a small training: it ends, on every
// device, and with the same bytes: a second time, after a stop, and for any number of threads, in
// small batches and in large ones.
#include "framework/verify/training_trial.hpp"

#include <ostream>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

struct Trained {
  std::string kind, name, device;
};

void PrintTo(const Trained& one, std::ostream* out) {
  *out << one.kind << " " << one.name << " on " << one.device;
}

std::vector<Trained> all_trained(const std::vector<const char*>& devices) {
  std::vector<Trained> out;
  for (const auto* device : devices)
    for (const auto* kind : {"model", "optimizer", "trainer"})
      for (const auto& name : testing::catalogue().names(kind)) out.push_back({kind, name, device});
  return out;
}

std::vector<Trained> all_with_state() {
  auto out = all_trained(tested_devices());
  std::erase_if(out, [](const Trained& one) { return one.kind == "model"; });
  return out;
}

class AnyTraining : public ::testing::TestWithParam<Trained> {
 protected:
  const verify::TrainingTrial trial{testing::catalogue(),
                                    *testing::catalogue().find(GetParam().kind, GetParam().name),
                                    {},
                                    GetParam().device};
};
class TrainingWithState : public AnyTraining {};
class TrainingBytes : public AnyTraining {};

TEST_P(AnyTraining, EndsAtTheSameFiniteWeightsTwice) { EXPECT_EQ(trial.fault_of_training(), ""); }

TEST_P(TrainingWithState, GoesOnToTheSameWeightsAfterAStop) {
  EXPECT_EQ(trial.fault_of_going_on(), "");
}

TEST_P(TrainingBytes, AreTheSameForAnyNumberOfThreads) { EXPECT_EQ(trial.fault_of_threads(), ""); }

std::string name_of(const ::testing::TestParamInfo<Trained>& one) {
  return one.param.kind + "_" + one.param.name + "_" + one.param.device;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyTraining, ::testing::ValuesIn(all_trained(tested_devices())),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, TrainingWithState, ::testing::ValuesIn(all_with_state()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, TrainingBytes,
                         ::testing::ValuesIn(all_trained(threaded_devices())), name_of);

}  // namespace
}  // namespace steppe
