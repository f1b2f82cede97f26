// The projectors of an attack at work: what moved events are brought back to.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/data/dataset.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"

#include <deque>
#include <vector>

namespace steppe::run {

class Projection {
 public:
  /// `data` gives the columns; `surroundings.queue` outlives this object.
  Projection(const std::vector<pipeline::Stage>& projectors, const data::Dataset& data,
             const plugin::Surroundings& surroundings);

  /// One a projector.
  std::vector<const plugin::StageHost*> hosts() const;

  bool empty() const { return projectors_.empty(); }
  /// Whether one of them asks for each step of a walk.
  bool follows_steps() const;

  /// Applies them in order, all or those for each step. `before` and `after` are rows x features;
  /// `after` is changed in place. @throws PluginError
  void apply(const compute::Tensor& before, const compute::Tensor& after);
  void apply_for_step(const compute::Tensor& before, const compute::Tensor& after);

 private:
  struct Projector {
    Projector(const pipeline::Stage& stage, const plugin::Surroundings& surroundings);

    plugin::Instance instance;
    steppe_projector functions;
    plugin::StageHost host;
  };
  void apply(Projector& projector, const compute::Tensor& before, const compute::Tensor& after);

  std::deque<Projector> projectors_;
  Columns columns_;  ///< features
  std::vector<steppe_column> c_columns_;
  steppe_tensor before_, after_;
};

}  // namespace steppe::run
