// A network that was written and read again is the same network.
#include "framework/run/weights/weights_file.hpp"

#include "framework/data/tensor_file.hpp"
#include "framework/run/objective/evaluator.hpp"
#include "framework/run/train/training.hpp"

#include <filesystem>
#include <fstream>
#include <numeric>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::run {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::tiny_plan;

/// A trained network of the tiny study, and its file.
class WeightsFile : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("weights_file_test." + std::to_string(::getpid()) + ".safetensors");
    device_ = compute::open_device(GetParam());
    trained_ = train(plan_.trainings.front(), *data_, plan_.splits, device_, {});
    save_weights(path_, trained_, origin_);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::vector<float> logits(const TrainedNetwork& network) {
    std::vector<std::uint32_t> rows(data_->rows());
    std::iota(rows.begin(), rows.end(), 0U);
    const auto queue = network.device->queue();
    return Evaluator{*network.network, *queue, *data_}.run(network.at, rows).logits;
  }
  /// Writes the file with one thing changed and gives what reading it says.
  template <class Change>
  std::string refusal(Change&& change) {
    auto file = data::read_tensor_file(path_);
    change(file);
    std::ofstream{path_, std::ios::binary} << data::to_bytes(file);
    try {
      load_weights(path_, device_);
    } catch (const data::DataError& error) {
      return error.what();
    }
    return "";
  }

  pipeline::Plan plan_ = tiny_plan();
  std::shared_ptr<const data::Dataset> data_ = testing::load_first(plan_);
  std::shared_ptr<compute::Device> device_;
  TrainedNetwork trained_;
  Origin origin_{"fit", {{"attack", "none"}, {"trial", "0"}}, "features.jets", plan_.resolved};
  std::filesystem::path path_;
};

TEST_P(WeightsFile, GivesTheSameLogitsBitForBit) {
  const auto back = load_weights(path_, device_);
  EXPECT_TRUE(testing::same_bits(logits(trained_), logits(back.trained)));
}

TEST_P(WeightsFile, RemembersWhereItComesFrom) {
  const auto [origin, network] = load_weights(path_, device_);
  EXPECT_EQ(origin.training, "fit");
  EXPECT_EQ(origin.coordinates, origin_.coordinates);
  EXPECT_EQ(origin.data, "features.jets");
  EXPECT_EQ(origin.pipeline, plan_.resolved);
  ASSERT_EQ(network.features.size(), data_->features().columns);
  EXPECT_EQ(network.features.items.back().name, trained_.features.items.back().name);
}

TEST_P(WeightsFile, TellsWhatDoesNotFit) {
  EXPECT_THAT(refusal([](auto& file) { file.texts["format"] = "steppe-weights/9"; }),
              HasSubstr("it has the format 'steppe-weights/9', and this program reads"));
  save_weights(path_, trained_, origin_);
  EXPECT_THAT(refusal([](auto& file) { file.texts.erase("graph"); }),
              HasSubstr("its header says nothing of 'graph'"));
  save_weights(path_, trained_, origin_);
  EXPECT_THAT(refusal([](auto& file) { file.matrices.front().name = "weights.other"; }),
              HasSubstr("it has no 'weights.dense_0.weight'"));
  save_weights(path_, trained_, origin_);
  EXPECT_THAT(refusal([](auto& file) {
                auto& matrix = file.matrices.front();
                std::swap(matrix.rows, matrix.columns);
              }),
              HasSubstr("and its graph wants"));
}

INSTANTIATE_TEST_SUITE_P(Devices, WeightsFile, ::testing::ValuesIn(tested_devices()));

std::string name_of(const std::string& train, const std::string& other = "0.5") {
  return weights_file_name({"fit", {{"train", train}, {"cut", other}}, "", ""});
}

TEST(WeightsFileName, IsWhatItIsCalled) {
  EXPECT_EQ(name_of("pythia"), "fit.train=pythia.cut=0.5.safetensors");
}

TEST(WeightsFileName, HoldsNothingThatAFileNameCannot) {
  EXPECT_THAT(name_of("../b c\x1b"), StartsWith("fit.train=.._b_c_.cut=0.5~"));
}

TEST(WeightsFileName, OfTwoTrainingsDiffers) {
  EXPECT_NE(name_of("a/b"), name_of("a_b"));
  EXPECT_NE(name_of("a/b"), name_of("a b"));
  EXPECT_NE(name_of("x.cut=y", "z"), name_of("x", "y.cut=z"));
}

TEST(WeightsFileName, IsNoLongerThanAFileSystemTakes) {
  const std::string many(10'000, 'x');
  EXPECT_LT(name_of(many).size(), 255U);
  EXPECT_NE(name_of(many), name_of(many + "x"));
}

}  // namespace
}  // namespace steppe::run
