// A layer of a plugin in a whole study: named in the file, trained, written and read again.
#include "framework/plugin/layers.hpp"

#include "framework/run/objective/evaluator.hpp"
#include "framework/run/train/training.hpp"
#include "framework/run/weights/weights_file.hpp"

#include <filesystem>
#include <numeric>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::run {
namespace {

using ::testing::HasSubstr;

class LayersInAStudy : public ::testing::TestWithParam<const char*> {
 protected:
  const pipeline::Plan plan_ = testing::tiny_plan("", {"model.tagger.front=['compress_tails']",
                                                       "optimizer.adamw."
                                                       "learning_rate=0.01"});
  const std::shared_ptr<const data::Dataset> data_ = testing::load_first(plan_);
  const std::shared_ptr<compute::Device> device_ = compute::open_device(GetParam());
  const TrainedNetwork trained_ = train(plan_.trainings.front(), *data_, plan_.splits, device_, {});

  std::vector<float> logits(const TrainedNetwork& network) const {
    std::vector<std::uint32_t> rows(data_->rows());
    std::iota(rows.begin(), rows.end(), 0U);
    const auto queue = network.device->queue();
    return Evaluator{*network.network, *queue, *data_}.run(network.at, rows).logits;
  }
};

TEST_P(LayersInAStudy, AreTrained) {
  const auto& segments = trained_.network->weights()->segments();
  ASSERT_EQ(segments.front().name, "compress_tails_0.weight");
  const auto queue = device_->queue();
  const auto weights = testing::values_of(*queue, trained_.at.weights.segment(0));
  EXPECT_EQ(weights.size(), data_->features().columns);
  std::size_t moved = 0;
  for (const float weight : weights) {
    moved += weight != 1.0F / 3.0F;
    EXPECT_TRUE(std::isfinite(weight));
  }
  EXPECT_GT(moved, weights.size() / 2);
}

TEST_P(LayersInAStudy, AreFoundAgainWithTheirWeights) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("layers_test." + std::to_string(::getpid()) + ".safetensors");
  save_weights(path, trained_, {"fit", {}, "features", plan_.resolved});
  EXPECT_EQ(read_origin(path).pipeline, plan_.resolved);
  const auto back =
      load_weights(path, device_, plugin::layer_operations(testing::catalogue())).trained;
  EXPECT_TRUE(testing::same_bits(logits(trained_), logits(back)));
  try {
    load_weights(path, device_);
    ADD_FAILURE() << "made without the plugin";
  } catch (const data::DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("there is no operation 'compress_tails'"));
  }
  std::filesystem::remove(path);
}

INSTANTIATE_TEST_SUITE_P(Devices, LayersInAStudy, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe::run
