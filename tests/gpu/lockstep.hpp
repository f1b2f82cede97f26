// Attacks on two devices in step: wherever the first asked for a gradient, the second is put before
// it asks for its own. So each step is compared by itself, and no difference grows.
#pragma once

#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/verify/bench.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace steppe::testing {

using Values = std::vector<float>;

/// Where an attack came to, and the gradient it was given there; none where it ended.
struct Stop {
  Values point, gradient;
};

/// A network, a batch, and the attack of a plan, on one device.
class Follower {
 public:
  Follower(const pipeline::Plan& plan, const char* device, std::size_t rows)
      : bench_{plan, device, rows},
        stage_{plan.trainings.front().attacks.front()},
        instance_{*stage_.info, stage_.settings, stage_.name},
        host_{"attack", stage_.name, on(*bench_.queue)} {}

  /// All stops of one attack; put before each gradient where `leader` was, if there is one.
  /// `visit` is called wherever it asks for one: the bench is there.
  std::vector<Stop> walk(const std::vector<Stop>* leader, std::function<void()> visit = {}) {
    leader_ = leader;
    visit_ = std::move(visit);
    stops_.clear();
    const auto x = moves_weights() ? bench_.at.weights : bench_.batch.features();
    steppe_tensor values{x}, labels{bench_.batch.labels()};
    const std::vector<std::uint64_t> of_weights{0};
    steppe_point point{};
    point.size = sizeof point;
    point.values = &values;
    point.row_ids = moves_weights() ? of_weights.data() : bench_.batch.event_ids().data();
    steppe_objective objective{};
    objective.size = sizeof objective;
    objective.self = this;
    objective.evaluate = evaluate;
    objective.labels = moves_weights() ? nullptr : &labels;
    const auto functions = instance_.functions<steppe_attack>();
    const steppe_moment moment{sizeof(steppe_moment), 0, 12, 0, 0};
    void* state = nullptr;
    if (functions.new_state)
      host_.finish(functions.new_state(instance_.get(), host_.get(), &point, &state));
    host_.finish(
        functions.perturb(instance_.get(), state, host_.get(), &point, &objective, &moment));
    if (state) functions.free_state(state);
    stops_.push_back({arrived(x), {}});
    return std::move(stops_);
  }

  bool moves_weights() const {
    return instance_.functions<steppe_attack>().default_space == STEPPE_WEIGHTS;
  }
  verify::Bench& bench() { return bench_; }

 private:
  static plugin::Surroundings on(compute::Queue& queue) {
    plugin::Surroundings out;
    out.queue = &queue;
    return out;
  }

  static steppe_status evaluate(void* self, const steppe_tensor* point, steppe_quantity,
                                steppe_tensor* values, steppe_tensor* gradient) {
    static_cast<Follower*>(self)->look(point->tensor, values, gradient);
    return STEPPE_OK;
  }

  void look(const compute::Tensor& x, steppe_tensor* values, steppe_tensor* gradient) {
    auto& loss = bench_.loss;
    const auto& batch = bench_.batch;
    Stop stop{arrived(x), {}};
    if (visit_) visit_();
    const run::WeightPoint here{moves_weights() ? x : bench_.at.weights, bench_.at.buffers};
    loss.forward(here, moves_weights() ? batch.features() : x, batch.labels(), STEPPE_LOSS,
                 network::Mode::train_frozen);
    if (values && moves_weights()) loss.mean(batch.weights(), values->tensor);
    if (values && !moves_weights()) bench_.queue->copy(loss.values(), values->tensor);
    if (gradient) {
      if (moves_weights())
        loss.weight_gradient(batch.weights(), gradient->tensor);
      else
        loss.input_gradient(gradient->tensor);
      stop.gradient = verify::values_of(*bench_.queue, gradient->tensor);
    }
    stops_.push_back(std::move(stop));
  }

  /// Where the attack has come to. It goes on from where the leader was.
  Values arrived(const compute::Tensor& x) {
    auto out = verify::values_of(*bench_.queue, x);
    if (!leader_) return out;
    if (stops_.size() >= leader_->size()) throw std::logic_error{"it asks more often"};
    const compute::Mapped view{*bench_.queue, x};
    auto from = (*leader_)[stops_.size()].point.begin();
    for (std::size_t r = 0; r < view->rows; ++r, from += static_cast<std::ptrdiff_t>(view->columns))
      std::copy_n(from, view->columns, view->row(r));
    return out;
  }

  verify::Bench bench_;
  const pipeline::Stage& stage_;
  plugin::Instance instance_;
  plugin::StageHost host_;
  const std::vector<Stop>* leader_ = nullptr;
  std::function<void()> visit_;
  std::vector<Stop> stops_;
};

}  // namespace steppe::testing
