// What a training is between two epochs, and where it is kept meanwhile. Random numbers are counted
// by epoch and step, the order of events is drawn anew for every epoch, and what is fitted is in
// the buffers: so a session that is given this state, with the same plan, data and plugins, goes on
// to the same bytes.
#pragma once

#include "framework/pipeline/results.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace steppe::run {

/// Flat buffers of a network, padding included.
struct StoredPoint {
  std::vector<float> weights, buffers;
};

struct TrainingState {
  std::uint64_t epochs = 0;  ///< that are done
  std::uint64_t steps = 0;   ///< that are done
  StoredPoint at;
  std::map<std::string, StoredPoint> stored;           ///< what the trainer has stored, by name
  std::vector<std::vector<float>> optimizer;           ///< its flat state buffers, in its order
  std::map<std::string, std::vector<std::byte>> kept;  ///< what the trainer keeps, by name
  /// Of each attack the state it saved; empty: it has none, or has not begun.
  std::vector<std::vector<std::byte>> attacks;
  pipeline::History history;
};

/// Where one training has its state while it is not done. It takes turns with nobody.
class Checkpoint {
 public:
  virtual ~Checkpoint() = default;
  /// What was put last, by this or by another process; nullopt: nothing that can be used.
  virtual std::optional<TrainingState> find() = 0;
  /// Whether it is time to put a state.
  virtual bool due() const = 0;
  /// In place of what was put before. Does not fail: a training without it is as good.
  virtual void put(const TrainingState& state) = 0;
  /// What was found does not fit, for this reason, and is not to be found again.
  virtual void refuse(const std::string& why) = 0;
  /// The training goes on from what was found.
  virtual void goes_on(std::uint64_t epochs_done, std::uint64_t epochs) = 0;
};

}  // namespace steppe::run
