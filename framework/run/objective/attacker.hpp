// An attack at work in a training: its plugin, its state, and the objective it climbs.
//
// The plugin sees a point and an objective; here the point is made of the first rows of a batch, or
// of the flat weights, and what the wiring holds back is masked out of the gradient and put back
// bit for bit afterwards. Projectors stand between the attack and the network: what is evaluated,
// and what comes out, is the allowed point (docs/decisions/0006-projectors.md).
#pragma once

#include "framework/data/batches.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/run/objective/batch_loss.hpp"
#include "framework/run/objective/masks.hpp"
#include "framework/run/objective/projection.hpp"
#include "framework/run/objective/sigma_scale.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace steppe::run {

/// What an attack with unit = "sigma" is measured in: the deviations of the features over these
/// rows, the training split. Empty for other attacks.
std::vector<float> deviations_for(const pipeline::Stage& attack, const data::Dataset& data,
                                  std::span<const std::uint32_t> rows);

/// An attack does not go on from the state that was saved for it.
class RefusedState : public plugin::PluginError {
 public:
  using PluginError::PluginError;
};

class Attacker {
 public:
  /// `data` and `surroundings.queue` outlive this object. `deviations`: of deviations_for.
  Attacker(const pipeline::Stage& stage, const data::Dataset& data, const network::Network& network,
           std::size_t capacity, const plugin::Surroundings& surroundings,
           const std::vector<float>& deviations);
  ~Attacker();

  /// From now on batch normalisation uses its running statistics, whatever the wiring says.
  void use_running_statistics() { mode_ = network::Mode::inference; }

  /// Of the passes it asks for, from now on; f32 without.
  void use_precision(compute::Precision precision) { precision_ = precision; }

  bool moves_weights() const { return space_ == STEPPE_WEIGHTS; }

  /// Moves the first `rows` events of the batch in place.
  void move_events(BatchLoss& loss, const WeightPoint& at, data::Batch& batch, std::size_t rows,
                   const steppe_moment& moment);
  /// Moves the weights in place; the batch stays.
  void move_weights(BatchLoss& loss, const WeightPoint& at, const data::Batch& batch,
                    const steppe_moment& moment);

  /// Its own host, and those of its projectors.
  std::vector<const plugin::StageHost*> hosts() const;

  bool has_state() const { return functions_.new_state != nullptr; }
  /// Whether what state it has can be saved and restored.
  bool can_save() const { return !has_state() || (functions_.save && functions_.restore); }
  /// The state of the attack in this training; empty when it has none.
  std::vector<std::byte> save();
  /// Goes on from a saved state at the next move, which throws RefusedState when it does not fit.
  void restore(std::vector<std::byte> saved);

 private:
  struct Climb;  // one call of the plugin: the objective behind its function pointer

  void call(Climb& climb, const compute::Tensor& point, std::span<const std::uint64_t> row_ids,
            const compute::Tensor& labels, const compute::Tensor& event_weights,
            const steppe_moment& moment);
  void start_state(const steppe_point& point);
  compute::Tensor before(std::size_t rows) const { return before_.head(rows); }

  plugin::Instance instance_;
  steppe_attack functions_;
  plugin::StageHost host_;
  compute::Queue& queue_;
  steppe_space space_;
  network::Mode mode_;
  compute::Precision precision_ = compute::Precision::f32;
  std::optional<EventMask> event_mask_;
  std::optional<SigmaScale> scale_;
  Projection projection_;
  compute::Tensor mask_;       ///< events: room for a batch; weights: flat; empty: all may move
  compute::Tensor before_;     ///< the point before the attack, where something comes back to it
  compute::Tensor gradient_;   ///< events: whole batch, where only a part is attacked
  compute::Tensor elsewhere_;  ///< events: whole batch at a trial point
  void* state_ = nullptr;
  std::vector<std::byte> saved_;  ///< waits for the point the state is made for
  steppe_tensor point_handle_, mask_handle_, labels_handle_, weights_handle_;
};

}  // namespace steppe::run
