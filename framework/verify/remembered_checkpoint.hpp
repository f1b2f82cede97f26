// A checkpoint in memory: takes states of a training, and gives one to another.
#pragma once

#include "framework/run/train/checkpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace steppe::verify {

class RememberedCheckpoint final : public run::Checkpoint {
 public:
  std::optional<run::TrainingState> find() override { return std::exchange(given, std::nullopt); }
  bool due() const override { return after_every_epoch; }
  void put(const run::TrainingState& state) override { taken.push_back(state); }
  void refuse(const std::string& why) override { refused.push_back(why); }
  void goes_on(std::uint64_t epochs_done, std::uint64_t /*epochs*/) override {
    went_on_after = epochs_done;
  }

  std::optional<run::TrainingState> given;
  bool after_every_epoch = true;  ///< else at a stop alone
  std::vector<run::TrainingState> taken;
  std::vector<std::string> refused;
  std::uint64_t went_on_after = 0;
};

}  // namespace steppe::verify
