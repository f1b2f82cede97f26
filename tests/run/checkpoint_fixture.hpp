// Small trainings that are stopped and go on.
#pragma once

#include "framework/run/train/training.hpp"
#include "framework/verify/remembered_checkpoint.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tiny_study.hpp"

namespace steppe::run::testing {

using Remembered = verify::RememberedCheckpoint;

/// What a training ends with, to be compared bit for bit.
struct Ended {
  std::vector<float> weights, buffers;
  pipeline::History history;

  bool operator==(const Ended& other) const {
    if (history.names != other.history.names ||
        history.epochs.size() != other.history.epochs.size())
      return false;
    for (std::size_t e = 0; e < history.epochs.size(); ++e) {
      const auto bits = [](double number) { return std::bit_cast<std::uint64_t>(number); };
      if (!std::ranges::equal(history.epochs[e], other.history.epochs[e], {}, bits, bits))
        return false;
    }
    return steppe::testing::same_bits(weights, other.weights) &&
           steppe::testing::same_bits(buffers, other.buffers);
  }
};

/// The first training of a plan, on data that are read once.
class SmallTraining {
 public:
  SmallTraining(const pipeline::Plan& plan, std::string device)
      : plan_{plan}, device_{std::move(device)}, data_{steppe::testing::load_first(plan)} {}

  Ended run(Checkpoint* checkpoint = nullptr, std::function<bool()> cancelled = {}) {
    plugin::Surroundings surroundings;
    surroundings.seed = plan_.seed;
    surroundings.cancelled = std::move(cancelled);
    surroundings.log = [this](steppe_log_level, const std::string& text) { notes.push_back(text); };
    const auto trained = train(plan_.trainings.front(), *data_, {}, compute::open_device(device_),
                               surroundings, checkpoint);
    const auto queue = trained.device->queue();
    return {steppe::testing::values_of(*queue, trained.at.weights),
            steppe::testing::values_of(*queue, trained.at.buffers), trained.history};
  }

  std::vector<std::string> notes;

 private:
  const pipeline::Plan& plan_;
  std::string device_;
  std::shared_ptr<const data::Dataset> data_;
};

}  // namespace steppe::run::testing
