// The checkpoint of a training as a file of a store, for whoever has the training's lease.
#pragma once

#include "framework/run/observer.hpp"
#include "framework/run/train/checkpoint.hpp"
#include "framework/store/store.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace steppe::run {

/// Kind "checkpoint".
store::Artifact to_artifact(const TrainingState& state);
/// @throws DataError, StoreError when it is no state of a training.
TrainingState state_of(const store::Object& object);

class StoredCheckpoint final : public Checkpoint {
 public:
  /// `room`, `observer` outlive this object. `every`: seconds from one put to the next that is due.
  /// `complain`: gets a sentence when something cannot be read or written.
  StoredCheckpoint(store::Room& room, const store::Key& key, std::string node, double every,
                   Observer& observer, std::function<void(const std::string&)> complain);

  std::optional<TrainingState> find() override;
  bool due() const override;
  void put(const TrainingState& state) override;
  void refuse(const std::string& why) override;
  void goes_on(std::uint64_t epochs_done, std::uint64_t epochs) override;

  /// How many epochs of the training were found done; 0: it began anew.
  std::uint64_t epochs_found() const { return epochs_found_; }

 private:
  using Clock = std::chrono::steady_clock;

  store::Room& room_;
  store::Key key_;
  std::string node_;
  std::chrono::duration<double> every_;
  Observer& observer_;
  std::function<void(const std::string&)> complain_;
  Clock::time_point last_ = Clock::now();
  std::uint64_t epochs_found_ = 0;
};

}  // namespace steppe::run
