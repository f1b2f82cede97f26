// One training step of each kind on the GPU, against the processor and against the same network in
// double precision: the steps of its attack, each from the same point, then the gradient that the
// optimizer gets.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "lockstep.hpp"
#include "losses.hpp"
#include "network.hpp"
#include "passes.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using testing::Bench;
using testing::Follower;
using testing::Stop;
using testing::Values;
using testing::values_of;

constexpr std::size_t rows = 64;

/// How far a gradient may be from the processor's, of the largest entry of its tensor. Products of
/// 602 numbers in another order are good for a part in 10^6; the rest is for what BatchNorm makes
/// of it, and for networks less kind than this one.
constexpr double tolerance = 5e-5;

/// A part of a point: the events of a batch, or a tensor of the weights.
struct Part {
  std::string name;
  std::size_t offset, size;
};

std::vector<Part> parts_of(const Bench& bench, bool weights) {
  if (!weights) return {{"events", 0, rows * bench.batch.features().columns}};
  std::vector<Part> out;
  for (const auto& segment : bench.network.weights()->segments())
    out.push_back({segment.name, segment.offset, segment.size()});
  return out;
}

double largest(const Values& values, const Part& part) {
  double out = 0;
  for (std::size_t i = 0; i < part.size; ++i)
    out = std::max(out, std::abs(double{values[part.offset + i]}));
  return out;
}

template <class Other>
double distance(const Values& values, const Other& other, const Part& part) {
  double out = 0;
  for (std::size_t i = part.offset; i < part.offset + part.size; ++i)
    out = std::max(out, std::abs(double{values[i]} - double{other[i]}));
  return out;
}

/// A gradient in double. The last bias is one number, the sum of w_r (p_r - y_r), which may nearly
/// cancel: `term` is the mean length of what it adds up.
struct Exact {
  std::vector<double> gradient;
  double term = 0;
};

/// The network and the loss of a bench in double; gradients laid out as the bench has them.
class InDouble {
 public:
  explicit InDouble(Bench& bench)
      : bench_{bench},
        network_{bench.network.graph(), matrices(*bench.network.buffers(), bench.at.buffers),
                 false},
        loss_{matrix(rows, 1, values_of(*bench.queue, bench.batch.labels()), 0)} {}

  /// Of the sum of all losses, with respect to the events.
  Exact of_events() const {
    reference::Real ones{rows, 1};
    std::ranges::fill(ones.values, 1.0);
    return {gradient(ones).x[0].values};
  }
  /// Of their weighted mean, with respect to the weights.
  Exact of_weights() const {
    const auto tensors = gradient(shares()).weights;
    const auto& layout = *bench_.network.weights();
    std::vector<double> out(layout.floats(), 0.0);
    for (std::size_t s = 0; s < tensors.size(); ++s)
      std::ranges::copy(tensors[s].values,
                        out.begin() + static_cast<std::ptrdiff_t>(layout[s].offset));
    return {out, term_of_last_bias()};
  }

 private:
  /// Of the events in the weighted mean.
  reference::Real shares() const {
    auto out = matrix(rows, 1, values_of(*bench_.queue, bench_.batch.weights()), 0);
    double sum = 0;
    for (const double weight : out.values) sum += weight;
    for (double& weight : out.values) weight /= sum;
    return out;
  }
  /// Signs by class, which p - y has, leave none in the sum.
  double term_of_last_bias() const {
    auto signs = shares();
    const auto labels = values_of(*bench_.queue, bench_.batch.labels());
    for (std::size_t r = 0; r < rows; ++r)
      if (labels[r] == 1.0F) signs.values[r] = -signs.values[r];
    return gradient(signs).weights.back().values[0] / rows;
  }
  static reference::Real matrix(std::size_t high, std::size_t wide, const Values& from,
                                std::size_t offset) {
    reference::Real out{high, wide};
    for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = double{from[offset + i]};
    return out;
  }
  std::vector<reference::Real> matrices(const compute::SegmentTable& layout,
                                        const compute::Tensor& flat) const {
    const auto all = values_of(*bench_.queue, flat);
    std::vector<reference::Real> out;
    for (const auto& segment : layout.segments())
      out.push_back(matrix(segment.rows, segment.columns, all, segment.offset));
    return out;
  }
  reference::Operands<double> gradient(const reference::Real& of_losses) const {
    const auto x = bench_.batch.features();
    const reference::Operands<double> at{{matrix(rows, x.columns, bench_.features(), 0)},
                                         matrices(*bench_.network.weights(), bench_.at.weights)};
    return reference::Chain{network_, loss_}.backward(at, of_losses);
  }

  Bench& bench_;
  reference::Network network_;
  reference::BinaryCrossEntropy loss_;
};

class StepOfTheGpu : public ::testing::Test {
 protected:
  ~StepOfTheGpu() override {
    std::printf(
        "gradients %.1e from the processor's, %.1f times its error; steps %.1e apart, %zu of "
        "%zu left out\n",
        apart_, times_, steps_apart_, left_out_, compared_);
  }

  void expect_gradient(const std::vector<Part>& parts, const Values& gpu, const Values& cpu,
                       const Exact& exact) {
    for (const auto& part : parts) {
      const double size = largest(cpu, part), away = distance(gpu, cpu, part);
      EXPECT_LE(away, tolerance * size) << part.name;
      // The processor's own error may be small by chance, above all where a tensor is one number.
      // That number is the last bias: roundings of its terms add up like steps at random.
      const double added = part.size == 1 ? exact.term * std::sqrt(double{rows}) : 0;
      const double least = std::ldexp(std::max(size, added), -23);
      const double error = distance(gpu, exact.gradient, part),
                   own = distance(cpu, exact.gradient, part);
      EXPECT_LE(error, 4 * std::max(own, least)) << part.name;
      if (size == 0) continue;
      apart_ = std::max(apart_, away / size);
      times_ = std::max(times_, error / std::max(own, least));
    }
  }

  /// Both came from the same point, along gradients of their own.
  void expect_step(const std::vector<Part>& parts, const Values& gpu, const Values& cpu,
                   const Stop& from, bool along_signs) {
    for (const auto& part : parts) {
      const double steep = largest(from.gradient, part);
      const double length = distance(cpu, from.point, part);
      // A signed step is exact. Another one is as good as its gradient, and rounded with the point.
      const double allowed =
          along_signs ? 0 : tolerance * length + std::ldexp(largest(cpu, part), -23);
      for (std::size_t i = part.offset; i < part.offset + part.size; ++i) {
        ++compared_;
        const double slope = std::abs(double{from.gradient[i]});
        if (slope != 0 && slope < tolerance * steep) {
          ++left_out_;
          continue;
        }
        const double away = std::abs(double{gpu[i]} - double{cpu[i]});
        ASSERT_LE(away, allowed) << part.name << " at " << i - part.offset;
        if (length > 0) steps_apart_ = std::max(steps_apart_, away / length);
      }
    }
  }

  /// What the optimizer gets where both benches are now.
  void expect_training_gradient(Bench& cpu, Bench& gpu) {
    const auto gradient = [](Bench& bench) {
      bench.loss.forward(bench.at, bench.batch.features(), bench.batch.labels(), STEPPE_LOSS,
                         network::Mode::train);
      const auto to = bench.device->flat(bench.network.weights());
      bench.loss.weight_gradient(bench.batch.weights(), to);
      return values_of(*bench.queue, to);
    };
    const auto exact = InDouble{cpu}.of_weights();
    expect_gradient(parts_of(cpu, true), gradient(gpu), gradient(cpu), exact);
  }

 private:
  double apart_ = 0, times_ = 0, steps_apart_ = 0;
  std::size_t left_out_ = 0, compared_ = 0;
};

TEST_F(StepOfTheGpu, OnCleanEventsHasTheGradientOfTheProcessor) {
  const auto plan = testing::tiny_plan();
  Bench cpu{plan, "cpu", rows}, gpu{plan, "gpu", rows};
  expect_training_gradient(cpu, gpu);
}

struct Way {
  const char *attack, *settings;
};

void PrintTo(const Way& one, std::ostream* out) { *out << one.attack; }

class AttackedStepOfTheGpu : public StepOfTheGpu, public ::testing::WithParamInterface<Way> {};

TEST_P(AttackedStepOfTheGpu, GoesWhereTheProcessorGoes) {
  const auto [attack, settings] = GetParam();
  const auto plan = testing::tiny_plan(std::string{"\n[attack."} + attack + "]\n" + settings,
                                       {std::string{"values.attack="} + attack});
  Follower cpu{plan, "cpu", rows}, gpu{plan, "gpu", rows};
  const bool weights = cpu.moves_weights();
  const auto parts = parts_of(cpu.bench(), weights);
  // At each stop the reference is wanted where the processor was then.
  std::vector<Exact> exact;
  const auto leader = cpu.walk(nullptr, [&] {
    const InDouble reference{cpu.bench()};
    exact.push_back(weights ? reference.of_weights() : reference.of_events());
  });
  const auto arrivals = gpu.walk(&leader);
  ASSERT_EQ(arrivals.size(), leader.size());
  ASSERT_GT(leader.size(), 1U);
  for (std::size_t n = 0; n < leader.size(); ++n) {
    SCOPED_TRACE(n);
    if (n == 0)
      EXPECT_TRUE(testing::same_bits(arrivals[0].point, leader[0].point));
    else
      expect_step(parts, arrivals[n].point, leader[n].point, leader[n - 1], !weights);
    if (n + 1 == leader.size()) break;
    expect_gradient(parts, arrivals[n].gradient, leader[n].gradient, exact[n]);
  }
  expect_training_gradient(cpu.bench(), gpu.bench());
}

INSTANTIATE_TEST_SUITE_P(Attacks, AttackedStepOfTheGpu,
                         ::testing::Values(Way{"fgsm", "epsilon = 0.05\n"},
                                           Way{"pgd", "epsilon = 0.05\nalpha = 0.02\nsteps = 4\n"},
                                           Way{"sam", "rho = 0.05\n"},
                                           Way{"ssam_d", "rho = 0.05\nsparsity = 0.5\n"}),
                         [](const auto& one) { return std::string{one.param.attack}; });

}  // namespace
}  // namespace steppe
