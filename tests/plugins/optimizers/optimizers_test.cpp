// The optimizers, through the real libraries, on every device: AdamW against PyTorch's numbers, SGD
// against its recurrences.
#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"
#include "tests/reference/torch_tables.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

#include "devices.hpp"
#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace steppe::plugin {
namespace {

constexpr std::size_t count = 6;
using Values = std::array<double, count>;

const Catalogue& catalogue() {
  static const auto all = Catalogue::load({{STEPPE_PLUGINS_DIR, "build", true}});
  return all;
}

/// An optimizer on six weights.
class Optimizer {
 public:
  Optimizer(const std::string& device_name, const std::string& name,
            const std::vector<std::pair<std::string, Scalar>>& given)
      : device_{compute::open_device(device_name)},
        queue_{device_->queue()},
        instance_{*catalogue().find("optimizer", name), settings(name, given), name},
        host_{"optimizer", name, surroundings()} {
    auto table = std::make_shared<compute::SegmentTable>();
    table->add("w", 1, count);
    table_ = table;
    weights_ = std::make_unique<steppe_tensor>(device_->flat(table_));
    gradient_ = std::make_unique<steppe_tensor>(device_->flat(table_));
    const auto functions = instance_.functions<steppe_optimizer>();
    for (const char* const* state = functions.state; *state; ++state) {
      state_.push_back(std::make_unique<steppe_tensor>(device_->flat(table_)));
      handles_.push_back(state_.back().get());
    }
  }

  void set_weights(const std::function<double(std::size_t)>& value) { put(*weights_, value); }

  Values step(const std::function<double(std::size_t)>& gradient, double factor = 1.0) {
    put(*gradient_, gradient);
    const auto functions = instance_.functions<steppe_optimizer>();
    host_.finish(functions.step(instance_.get(), host_.get(), ++number_, factor, gradient_.get(),
                                handles_.data(), weights_.get()));
    Values out{};
    const compute::Mapped view{*queue_, weights_->tensor};
    for (std::size_t i = 0; i < count; ++i) out[i] = view->data[i];
    // What lies behind the six is padding, and stays zero.
    for (std::size_t i = count; i < view->columns; ++i) EXPECT_EQ(view->data[i], 0.0F);
    return out;
  }

 private:
  static Settings settings(const std::string& name,
                           const std::vector<std::pair<std::string, Scalar>>& given) {
    Settings out;
    for (const auto& p : catalogue().find("optimizer", name)->parameters) {
      const auto set = std::find_if(given.begin(), given.end(),
                                    [&](const auto& item) { return item.first == p.name; });
      out.items.push_back(
          {p.name, p.type, p.is_array, set == given.end() ? p.fallback : std::vector{set->second}});
    }
    return out;
  }

  Surroundings surroundings() const {
    Surroundings out;
    out.queue = queue_.get();
    return out;
  }

  void put(const steppe_tensor& to, const std::function<double(std::size_t)>& value) {
    const compute::Mapped view{*queue_, to.tensor};
    for (std::size_t i = 0; i < count; ++i) view->data[i] = static_cast<float>(value(i));
  }

  std::shared_ptr<compute::Device> device_;
  std::unique_ptr<compute::Queue> queue_;
  Instance instance_;
  StageHost host_;
  std::shared_ptr<const compute::SegmentTable> table_;
  std::unique_ptr<steppe_tensor> weights_, gradient_;
  std::vector<std::unique_ptr<steppe_tensor>> state_;
  std::vector<steppe_tensor*> handles_;
  std::uint64_t number_ = 0;
};

TEST(Optimizers, RemarkOnALearningRateOfZero) {
  for (const char* const name : {"adamw", "sgd"}) {
    testing::StageUnderTest idle{name, {{"learning_rate", 0.0}}};
    ASSERT_EQ(idle.host().logged.size(), 1U) << name;
    EXPECT_NE(idle.host().logged[0].second.find("stay as they are"), std::string::npos);
  }
}

class OptimizerOn : public ::testing::TestWithParam<const char*> {};

double weight(std::size_t i) { return torch_tables::value(i); }
double slope(std::size_t step, std::size_t i) {
  return 0.125 * torch_tables::value(100 * step + i);
}

TEST_P(OptimizerOn, AdamWTakesTheFirstThreeStepsOfPyTorch) {
  Optimizer adamw{GetParam(), "adamw", {{"learning_rate", 0.01}, {"weight_decay", 0.1}}};
  adamw.set_weights(weight);
  for (std::size_t step = 1; step <= 3; ++step) {
    const auto weights = adamw.step([&](std::size_t i) { return slope(step, i); });
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_NEAR(weights[i], torch_tables::adamw_weights[count * (step - 1) + i], 3e-7)
          << "step " << step;
  }
}

TEST_P(OptimizerOn, AdamWAtLearningRateZeroMovesNothing) {
  Optimizer adamw{GetParam(), "adamw", {{"weight_decay", 0.1}}};
  adamw.set_weights(weight);
  const auto weights = adamw.step([](std::size_t i) { return slope(1, i); }, 0.0);
  for (std::size_t i = 0; i < count; ++i)
    EXPECT_EQ(weights[i], static_cast<float>(torch_tables::value(i)));
}

/// w and u of SGD after some steps, in double.
Values sgd(std::size_t steps, double rate, double momentum, double decay, bool nesterov) {
  Values w{}, u{};
  for (std::size_t i = 0; i < count; ++i) w[i] = weight(i);
  for (std::size_t step = 1; step <= steps; ++step)
    for (std::size_t i = 0; i < count; ++i) {
      const double g = slope(step, i) + decay * w[i];
      u[i] = momentum * u[i] + g;
      w[i] -= rate * (nesterov ? g + momentum * u[i] : u[i]);
    }
  return w;
}

void expect_sgd(const char* device, double momentum, double decay, bool nesterov) {
  Optimizer plugin{device,
                   "sgd",
                   {{"learning_rate", 0.1},
                    {"momentum", momentum},
                    {"weight_decay", decay},
                    {"nesterov", nesterov}}};
  plugin.set_weights(weight);
  for (std::size_t step = 1; step <= 3; ++step) {
    const auto weights = plugin.step([&](std::size_t i) { return slope(step, i); });
    const auto expected = sgd(step, 0.1, momentum, decay, nesterov);
    for (std::size_t i = 0; i < count; ++i) EXPECT_NEAR(weights[i], expected[i], 1e-6);
  }
}

TEST_P(OptimizerOn, SgdFollowsTheGradient) { expect_sgd(GetParam(), 0.0, 0.0, false); }
TEST_P(OptimizerOn, SgdKeepsMomentum) { expect_sgd(GetParam(), 0.9, 0.0, false); }
TEST_P(OptimizerOn, SgdDecaysWeights) { expect_sgd(GetParam(), 0.9, 0.1, false); }
TEST_P(OptimizerOn, SgdLooksAhead) { expect_sgd(GetParam(), 0.9, 0.1, true); }

INSTANTIATE_TEST_SUITE_P(Devices, OptimizerOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

TEST(Sgd, RefusesNesterovWithoutMomentum) {
  try {
    Optimizer{"cpu", "sgd", {{"nesterov", true}}};
    FAIL() << "accepted";
  } catch (const PluginError& error) {
    EXPECT_STREQ(error.what(), "optimizer 'sgd': 'nesterov' needs a 'momentum' above 0");
  }
}

}  // namespace
}  // namespace steppe::plugin
