// Every sharpness measure in the catalogue, in both spaces: none moves the network, on any device,
// and the number of threads is in no number.
#include "framework/verify/measure_trial.hpp"

#include <ostream>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

/// A measure in a space, with settings or wiring that make it do more, or with none.
struct Case {
  std::string measure, variant, wiring, device;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.measure << one.variant << " on " << one.device;
}

const std::string weights = "space = \"weights\"\nmove = [\"dense_3.*\"]\n";
const std::string inputs = "space = \"inputs\"\nmove = [\"jet.*\"]\n";

std::vector<Case> cases(const std::vector<const char*>& devices) {
  std::vector<Case> out;
  for (const auto* device : devices) {
    for (const auto& name : testing::catalogue().names("sharpness")) {
      out.push_back({name, "_weights", weights, device});
      out.push_back({name, "_inputs", inputs, device});
      out.push_back({name, "_of_each_class", weights + "classes = \"each\"\n", device});
      out.push_back({name, "_of_batches", weights + "pieces = \"batches\"\nbatch = 50\n", device});
      out.push_back({name, "_batch_norm", weights + "batch_norm = \"batch\"\n", device});
    }
    out.push_back({"gradient_ascent", "_chained",
                   "chain = true\nclasses = \"each\"\nspace = \"inputs\"\nbatch_norm = \"batch\"\n",
                   device});
    out.push_back({"hessian", "_lanczos", weights + "method = \"lanczos\"\nsteps = 12\n", device});
    out.push_back({"hessian", "_power", weights + "method = \"power\"\niterations = 12\n", device});
    out.push_back({"hessian", "_closed_form", weights + "method = \"closed_form\"\n", device});
  }
  return out;
}

std::string name_of(const ::testing::TestParamInfo<Case>& one) {
  return one.param.measure + one.param.variant + "_" + one.param.device;
}

class AnyMeasure : public ::testing::TestWithParam<Case>, protected verify::MeasureTrial {
 protected:
  AnyMeasure()
      : MeasureTrial{testing::catalogue(), GetParam().measure, GetParam().wiring,
                     GetParam().device} {}
};

TEST_P(AnyMeasure, LeavesWeightsAndStatisticsAsTheyAreBitForBit) {
  EXPECT_EQ(fault_of_network(), "");
}

class MeasureBytes : public ::testing::TestWithParam<Case> {};

TEST_P(MeasureBytes, AreTheSameForAnyNumberOfThreads) {
  const auto& one = GetParam();
  EXPECT_EQ(verify::fault_of_threads(testing::catalogue(), one.measure, one.wiring, one.device),
            "");
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyMeasure, ::testing::ValuesIn(cases(tested_devices())),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, MeasureBytes, ::testing::ValuesIn(cases(threaded_devices())),
                         name_of);

}  // namespace
}  // namespace steppe
