// Every sharpness measure in the catalogue, in both spaces: none moves the network, on any device,
// and the number of threads is in no number.
#include "framework/run/sharpness.hpp"
#include "framework/run/training.hpp"

#include <cstring>
#include <ostream>

#include "tiny_study.hpp"
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

namespace steppe {
namespace {

using testing::same_bits;
using testing::values_of;

/// A measure in a space, with settings or wiring that make it do more, or with none.
struct Case {
  std::string measure, variant, wiring, device;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.measure << one.variant << " on " << one.device;
}

const std::string weights = "space = \"weights\"\nmove = [\"dense_3.*\"]\n";
const std::string inputs = "space = \"inputs\"\nmove = [\"jet.*\"]\n";

std::vector<Case> cases(const std::vector<std::string>& devices) {
  std::vector<Case> out;
  for (const auto& device : devices) {
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

class AnyMeasure : public ::testing::TestWithParam<Case> {
 protected:
  AnyMeasure()
      : plan_{testing::tiny_plan("\n[sharpness.it]\nuse = \"" + GetParam().measure +
                                 "\"\nof = \"fit\"\non = \"features\"\nsplit = \"train\"\nevents "
                                 "= 60\n" +
                                 GetParam().wiring)},
        data_{testing::load_first(plan_)},
        trained_{run::train(plan_.trainings.front(), *data_, {},
                            compute::open_device(GetParam().device), {})} {}

  pipeline::MeasuredSharpness measure() const {
    return run::measure_sharpness(plan_.sharpness.front(), trained_, *data_, {}, {});
  }
  std::vector<float> weights_now() const {
    return values_of(*trained_.device->queue(), trained_.at.weights);
  }
  std::vector<float> statistics_now() const {
    return values_of(*trained_.device->queue(), trained_.at.buffers);
  }

  pipeline::Plan plan_;
  std::shared_ptr<const data::Dataset> data_;
  run::TrainedNetwork trained_;
};

/// All numbers of a measure, bit for bit.
std::vector<std::uint64_t> bits_of(const pipeline::MeasuredSharpness& measured) {
  std::vector<double> numbers;
  for (const auto& q : measured.quantities) {
    numbers.push_back(q.value);
    numbers.push_back(q.uncertainty);
  }
  for (const auto& c : measured.curves) numbers.insert(numbers.end(), c.y.begin(), c.y.end());
  std::vector<std::uint64_t> out(numbers.size());
  std::memcpy(out.data(), numbers.data(), numbers.size() * sizeof(double));
  return out;
}

TEST_P(AnyMeasure, LeavesWeightsAndStatisticsAsTheyAreBitForBit) {
  const auto weights_before = weights_now(), statistics_before = statistics_now();
  const auto measured = measure();
  EXPECT_FALSE(measured.quantities.empty());
  EXPECT_TRUE(same_bits(weights_now(), weights_before));
  EXPECT_TRUE(same_bits(statistics_now(), statistics_before));
}

class AnyMeasureOnTheCpu : public AnyMeasure {};

TEST_P(AnyMeasureOnTheCpu, GivesTheSameBytesOnAnyNumberOfThreads) {
  std::vector<std::uint64_t> first;
  for (const std::size_t threads : {1, 2, 4}) {
    const tbb::global_control limit{tbb::global_control::max_allowed_parallelism, threads};
    const auto bits = bits_of(measure());
    if (first.empty()) first = bits;
    EXPECT_EQ(bits, first) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyMeasure, ::testing::ValuesIn(cases({"cpu", "far"})),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, AnyMeasureOnTheCpu, ::testing::ValuesIn(cases({"cpu"})),
                         name_of);

}  // namespace
}  // namespace steppe
