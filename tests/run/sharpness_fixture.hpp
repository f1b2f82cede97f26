// Sharpness measures through the real plugins, on trained toy networks.
#pragma once

#include "framework/run/measure/sharpness.hpp"
#include "framework/run/train/training.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {

/// One trained network of a tiny study with one sharpness stage, wired to the training split.
struct ToMeasure {
  ToMeasure(const std::string& device, const std::string& sharpness,
            const std::vector<std::string>& sets = {})
      : plan{testing::tiny_plan(
            "\n[sharpness.it]\nof = \"fit\"\non = \"features\"\nsplit = \"train\"\n" + sharpness,
            sets)},
        data{testing::load_first(plan)},
        trained{train(plan.trainings.front(), *data, {}, compute::open_device(device), {})} {}

  pipeline::MeasuredSharpness measure() const {
    return measure_sharpness(plan.sharpness.front(), trained, *data, {}, {});
  }
  /// Weights and statistics, one after the other.
  std::vector<float> weights_now() const {
    auto out = testing::values_of(*trained.device->queue(), trained.at.weights);
    const auto buffers = testing::values_of(*trained.device->queue(), trained.at.buffers);
    out.insert(out.end(), buffers.begin(), buffers.end());
    return out;
  }
  /// The rows that are measured, of a class (0, 1) or of both (-1).
  std::vector<std::uint32_t> rows(int label = -1) const {
    auto out = data::rows_of(*data, data::Split::train, {});
    std::erase_if(out, [&](std::uint32_t row) {
      return label >= 0 && *data->labels().row(row) != static_cast<float>(label);
    });
    return out;
  }

  pipeline::Plan plan;
  std::shared_ptr<const data::Dataset> data;
  TrainedNetwork trained;
};

/// Numbers by name.
struct Readings {
  double value(const std::string& name) const { return find(name).value; }
  double uncertainty(const std::string& name) const { return find(name).uncertainty; }
  bool has(const std::string& name) const {
    for (const auto& q : result.quantities)
      if (q.name == name) return true;
    return false;
  }
  const std::vector<double>& curve(const std::string& name) const {
    for (const auto& c : result.curves)
      if (c.name == name) return c.y;
    throw std::out_of_range{"no curve " + name};
  }

  pipeline::MeasuredSharpness result;

 private:
  const data::Quantity& find(const std::string& name) const {
    for (const auto& q : result.quantities)
      if (q.name == name) return q;
    throw std::out_of_range{"no " + name};
  }
};

struct Measured : ToMeasure, Readings {
  Measured(const std::string& device, const std::string& sharpness,
           const std::vector<std::string>& sets = {})
      : ToMeasure{device, sharpness, sets}, weights{weights_now()} {
    result = measure();
  }

  std::vector<float> weights;  ///< and statistics, before the measure
};

class SharpnessOn : public ::testing::TestWithParam<const char*> {};

/// Logistic regression on 2 x 15 + 2 columns.
inline const std::vector<std::string> logistic{"model.tagger.hidden=[]",
                                               "transform.features.constituents=2"};

/// Declares the suites of a file on both devices.
#define STEPPE_ON_DEVICES(Suite)                                                  \
  INSTANTIATE_TEST_SUITE_P(Devices, Suite, ::testing::ValuesIn(tested_devices()), \
                           [](const auto& one) { return std::string{one.param}; })

}  // namespace steppe::run
