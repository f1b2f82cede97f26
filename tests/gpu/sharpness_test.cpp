// Sharpness around one trained network, measured on the GPU and on the processor.
#include "framework/run/measure/sharpness.hpp"

#include "framework/run/train/training.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::same_bits;
using testing::values_of;

void move(const TrainedNetwork& from, const compute::Tensor& values, compute::Queue& queue,
          const compute::Tensor& to) {
  const auto all = values_of(*from.device->queue(), values);
  const compute::Mapped view{queue, to};
  std::ranges::copy(all, view->row(0));
}

/// The same network on another device.
TrainedNetwork moved(const TrainedNetwork& from, const char* device) {
  auto out = from;
  out.device = compute::open_device(device);
  out.at = {out.device->flat(from.network->weights()), out.device->flat(from.network->buffers())};
  const auto queue = out.device->queue();
  move(from, from.at.weights, *queue, out.at.weights);
  move(from, from.at.buffers, *queue, out.at.buffers);
  return out;
}

/// Trained on the processor; measured where it is asked for.
class Around {
 public:
  explicit Around(const std::string& measure, const std::vector<std::string>& sets)
      : plan_{testing::tiny_plan(
            "\n[sharpness.it]\nof = \"fit\"\non = \"features\"\nsplit = \"train\"\n" + measure,
            sets)},
        data_{testing::load_first(plan_)},
        cpu_{train(plan_.trainings.front(), *data_, {}, compute::open_device("cpu"), {})},
        gpu_{moved(cpu_, "gpu")} {}

  pipeline::MeasuredSharpness on_cpu() const { return measured(cpu_); }
  pipeline::MeasuredSharpness on_gpu() const { return measured(gpu_); }

 private:
  pipeline::MeasuredSharpness measured(const TrainedNetwork& trained) const {
    return measure_sharpness(plan_.sharpness.front(), trained, *data_, {}, {});
  }

  pipeline::Plan plan_;
  std::shared_ptr<const data::Dataset> data_;
  TrainedNetwork cpu_, gpu_;
};

/// What a number may be off, of its size.
constexpr double tolerance = 1e-3;

struct Measure {
  const char *name, *settings;
  std::vector<std::string> sets = {};
};

void PrintTo(const Measure& one, std::ostream* out) { *out << one.name; }

class SharpnessOnGpu : public ::testing::TestWithParam<Measure> {
 protected:
  void expect_close(const std::string& what, double got, double wanted, double least) {
    const double size = std::max(std::abs(wanted), least);
    EXPECT_NEAR(got, wanted, tolerance * size) << what;
    if (size > 0) largest_ = std::max(largest_, std::abs(got - wanted) / size);
  }
  double largest_ = 0;
};

TEST_P(SharpnessOnGpu, IsThatOfTheProcessor) {
  const auto& [name, settings, sets] = GetParam();
  const Around around{settings, sets};
  const auto cpu = around.on_cpu(), gpu = around.on_gpu();
  ASSERT_EQ(gpu.quantities.size(), cpu.quantities.size());
  ASSERT_EQ(gpu.curves.size(), cpu.curves.size());
  // Eigenvalues have errors of the size of the largest: one that is zero in exact arithmetic is
  // nothing but such an error.
  double top = 0;
  for (const auto& one : cpu.quantities)
    if (one.name == "dominant") top = std::abs(one.value);
  for (std::size_t i = 0; i < cpu.quantities.size(); ++i) {
    const auto &got = gpu.quantities[i], &wanted = cpu.quantities[i];
    ASSERT_EQ(got.name, wanted.name);
    ASSERT_EQ(got.undefined, wanted.undefined);
    if (!wanted.undefined.empty() || wanted.name.ends_with("_residual")) continue;
    expect_close(wanted.name, got.value, wanted.value, 1e-3 * top);
  }
  for (std::size_t i = 0; i < cpu.curves.size(); ++i) {
    const auto &got = gpu.curves[i].y, &wanted = cpu.curves[i].y;
    ASSERT_EQ(got.size(), wanted.size());
    EXPECT_GT(wanted.back(), 0.0);
    for (std::size_t n = 0; n < wanted.size(); ++n)
      expect_close(cpu.curves[i].name + " " + std::to_string(n), got[n], wanted[n], 0.0);
  }
  std::printf("%s: at most %.1e away\n", name, largest_);
}

INSTANTIATE_TEST_SUITE_P(
    Measures, SharpnessOnGpu,
    ::testing::Values(
        Measure{"ascent_in_weights", "use = \"gradient_ascent\"\nevents = 60\n"},
        Measure{"ascent_in_weights_by_tensor",
                "use = \"gradient_ascent\"\nevents = 60\nnormalise = \"tensor\"\nradius = 0.1\n"
                "batch_norm = \"batch\"\n"},
        Measure{"ascent_in_inputs",
                "use = \"gradient_ascent\"\nspace = \"inputs\"\nevents = 60\nclasses = \"each\"\n"},
        Measure{"hessian_of_the_last_layer",
                "use = \"hessian\"\nevents = 0\nmove = [\"dense_3.*\"]\ntop = 3\n"},
        Measure{"hessian_by_power",
                "use = \"hessian\"\nevents = 60\nmove = [\"dense_3.*\"]\nmethod = \"power\"\n"
                "block = 6\ntop = 3\niterations = 60\n"},
        Measure{"hessian_by_lanczos",
                "use = \"hessian\"\nevents = 60\nmethod = \"lanczos\"\nsteps = 12\n"},
        Measure{
            "hessian_in_inputs",
            "use = \"hessian\"\nspace = \"inputs\"\nevents = 40\nmove = [\"constituent.0.*\"]\n",
            {"transform.features.constituents=3"}}),
    [](const auto& one) { return std::string{one.param.name}; });

}  // namespace
}  // namespace steppe::run
