#include "framework/run/objective/attacker.hpp"

#include "framework/data/fit.hpp"
#include "framework/plugin/handles.hpp"

#include <array>
#include <exception>
#include <utility>

namespace steppe::run {

namespace {

network::Mode pass_mode(const std::string& batch_norm) {
  if (batch_norm == "train") return network::Mode::train;
  return batch_norm == "inference" ? network::Mode::inference : network::Mode::train_frozen;
}

bool same_window(const compute::Tensor& a, const compute::Tensor& b) {
  return a.storage == b.storage && a.offset == b.offset && a.rows == b.rows;
}

}  // namespace

std::vector<float> deviations_for(const pipeline::Stage& attack, const data::Dataset& data,
                                  std::span<const std::uint32_t> rows) {
  if (attack.wiring.text("unit") != "sigma") return {};
  return data::fit_standardisation(data, rows).deviation;
}

/// The world of one call: what the plugin reaches through the C tables.
struct Attacker::Climb {
  Attacker& attacker;
  BatchLoss& loss;
  WeightPoint at;
  const data::Batch& batch;
  compute::Tensor mask;

  /// Moved events of the first rows become what is allowed; what is held is as it was.
  void allow(const compute::Tensor& events) {
    if (!attacker.projection_.empty())
      attacker.projection_.apply(attacker.before(events.rows), events);
    put_back(events);
  }
  void put_back(const compute::Tensor& events) {
    if (mask) attacker.queue_.restore(mask, attacker.before(events.rows), events);
  }

  /// The events of the batch where the first of them are at the plugin's point. The others are
  /// there too: batch statistics depend on them.
  compute::Tensor events_at(const compute::Tensor& point) {
    auto& queue = attacker.queue_;
    const auto inputs = batch.features();
    const bool projects = !attacker.projection_.empty();
    if (!projects && same_window(point, inputs.head(point.rows))) return inputs;
    const auto elsewhere = attacker.elsewhere_.head(inputs.rows);
    const auto moved = elsewhere.head(point.rows);
    queue.copy(inputs, elsewhere);
    to_events(point, moved);
    if (projects) allow(moved);
    return elsewhere;
  }
  void to_events(const compute::Tensor& point, const compute::Tensor& to) {
    if (attacker.scale_)
      attacker.scale_->to_events(point, attacker.before(point.rows), to);
    else
      attacker.queue_.copy(point, to);
  }

  void events(const compute::Tensor& point, steppe_quantity quantity, const compute::Tensor* values,
              const compute::Tensor* gradient) {
    auto& queue = attacker.queue_;
    const auto inputs = events_at(point);
    loss.forward(at, inputs, batch.labels(), quantity, attacker.mode_, attacker.precision_);
    if (values) queue.copy(loss.values().head(point.rows), *values);
    if (!gradient) return;
    if (point.rows == inputs.rows) {
      loss.input_gradient(*gradient);
    } else {
      const auto all = attacker.gradient_.head(inputs.rows);
      loss.input_gradient(all);
      queue.copy(all.head(point.rows), *gradient);
    }
    if (attacker.scale_) attacker.scale_->scale_gradient(*gradient);
    if (mask) queue.multiply(mask, *gradient);
  }

  /// A walk goes on from what the projectors for each step give.
  void step(const compute::Tensor& point) {
    auto& queue = attacker.queue_;
    const auto clean = attacker.before(point.rows);
    if (!attacker.scale_) {
      attacker.projection_.apply_for_step(clean, point);
      return put_back(point);
    }
    const auto from = attacker.gradient_.head(point.rows);
    const auto to = attacker.elsewhere_.head(point.rows);
    to_events(point, from);
    queue.copy(from, to);
    attacker.projection_.apply_for_step(clean, to);
    put_back(to);
    queue.axpy(-1.0F, from, to);
    attacker.scale_->add_shift(to, point);
  }

  void weights(const compute::Tensor& point, steppe_quantity quantity,
               const compute::Tensor* values, const compute::Tensor* gradient) {
    loss.forward({point, at.buffers}, batch.features(), batch.labels(), quantity, attacker.mode_,
                 attacker.precision_);
    if (values) loss.mean(batch.weights(), *values);
    if (!gradient) return;
    loss.weight_gradient(batch.weights(), *gradient);
    if (mask) attacker.queue_.multiply(mask, *gradient);
  }

  static steppe_status evaluate(void* self, const steppe_tensor* point, steppe_quantity quantity,
                                steppe_tensor* values, steppe_tensor* gradient) {
    auto& climb = *static_cast<Climb*>(self);
    return climb.guarded([&] {
      climb.attacker.host_.surroundings().stop_if_cancelled();
      const auto* v = values ? &values->tensor : nullptr;
      const auto* g = gradient ? &gradient->tensor : nullptr;
      if (climb.attacker.moves_weights())
        climb.weights(point->tensor, quantity, v, g);
      else
        climb.events(point->tensor, quantity, v, g);
    });
  }
  static steppe_status project(void* self, steppe_tensor* values) {
    auto& climb = *static_cast<Climb*>(self);
    return climb.guarded([&] { climb.step(values->tensor); });
  }

  template <class Work>
  steppe_status guarded(Work&& work) noexcept {
    try {
      work();
      return STEPPE_OK;
    } catch (const plugin::Cancelled&) {
      return STEPPE_CANCELLED;
    } catch (const std::exception& error) {
      attacker.host_.set_error(error.what());
      return STEPPE_INTERNAL;
    }
  }
};

Attacker::Attacker(const pipeline::Stage& stage, const data::Dataset& data,
                   const network::Network& network, std::size_t capacity,
                   const plugin::Surroundings& surroundings, const std::vector<float>& deviations)
    : instance_{*stage.info, stage.settings, stage.name},
      functions_{instance_.functions<steppe_attack>()},
      host_{"attack", stage.name, surroundings},
      queue_{host_.queue()},
      space_{plugin::attacked_space(stage.wiring.text("space"), *stage.info)},
      mode_{pass_mode(stage.wiring.text("batch_norm"))},
      projection_{stage.projectors, data, surroundings} {
  const MoveRules rules{stage.wiring};
  if (moves_weights()) {
    mask_ = weight_mask(rules, queue_, network.weights());
    if (mask_) before_ = queue_.flat(network.weights());
    return;
  }
  const auto columns = data.features().columns;
  event_mask_.emplace(rules, data);
  if (!event_mask_->trivial()) mask_ = queue_.matrix(capacity, columns);
  if (!deviations.empty()) scale_.emplace(queue_, deviations, capacity);
  if (mask_ || scale_ || !projection_.empty()) before_ = queue_.matrix(capacity, columns);
  gradient_ = queue_.matrix(capacity, columns);
  elsewhere_ = queue_.matrix(capacity, columns);
}

Attacker::~Attacker() {
  if (state_) functions_.free_state(state_);
}

std::vector<const plugin::StageHost*> Attacker::hosts() const {
  auto out = projection_.hosts();
  out.insert(out.begin(), &host_);
  return out;
}

void Attacker::move_events(BatchLoss& loss, const WeightPoint& at, data::Batch& batch,
                           std::size_t rows, const steppe_moment& moment) {
  if (rows == 0) return;
  const auto events = batch.features().head(rows);
  Climb climb{*this, loss, at, batch, {}};
  if (before_) queue_.copy(events, before(rows));
  if (mask_) {
    climb.mask = mask_.head(rows);
    event_mask_->write(queue_, batch.row_indices().first(rows), climb.mask);
  }
  const auto point = scale_ ? scale_->begin(events) : events;
  call(climb, point, batch.event_ids().first(rows), batch.labels().head(rows),
       batch.weights().head(rows), moment);
  if (scale_) climb.to_events(point, events);
  climb.allow(events);
}

void Attacker::move_weights(BatchLoss& loss, const WeightPoint& at, const data::Batch& batch,
                            const steppe_moment& moment) {
  static constexpr std::array<std::uint64_t, 1> row_id{0};
  Climb climb{*this, loss, at, batch, mask_};
  if (mask_) queue_.copy(at.weights, before_);
  call(climb, at.weights, row_id, {}, {}, moment);
  if (mask_) queue_.restore(mask_, before_, at.weights);
}

void Attacker::call(Climb& climb, const compute::Tensor& point,
                    std::span<const std::uint64_t> row_ids, const compute::Tensor& labels,
                    const compute::Tensor& event_weights, const steppe_moment& moment) {
  point_handle_.point_at(point);
  mask_handle_.point_at(climb.mask);
  labels_handle_.point_at(labels);
  weights_handle_.point_at(event_weights);

  steppe_point c_point{};
  c_point.size = sizeof c_point;
  c_point.values = &point_handle_;
  c_point.row_ids = row_ids.data();
  c_point.mask = climb.mask ? &mask_handle_ : nullptr;
  c_point.self = &climb;
  c_point.project = projection_.follows_steps() ? Climb::project : nullptr;

  steppe_objective objective{};
  objective.size = sizeof objective;
  objective.self = &climb;
  objective.evaluate = Climb::evaluate;
  objective.labels = labels ? &labels_handle_ : nullptr;
  objective.event_weights = event_weights ? &weights_handle_ : nullptr;

  start_state(c_point);
  host_.finish(
      functions_.perturb(instance_.get(), state_, host_.get(), &c_point, &objective, &moment));
}

void Attacker::start_state(const steppe_point& point) {
  if (state_ || !functions_.new_state) return;
  host_.finish(functions_.new_state(instance_.get(), host_.get(), &point, &state_));
  if (saved_.empty()) return;
  try {
    host_.finish(functions_.restore(state_, host_.get(), saved_.data(), saved_.size()));
  } catch (const plugin::PluginError& error) {
    throw RefusedState{error.what()};
  }
  saved_.clear();
}

std::vector<std::byte> Attacker::save() {
  if (!state_) return saved_;
  std::size_t count = 0;
  host_.finish(functions_.save(state_, nullptr, &count));
  std::vector<std::byte> out(count);
  host_.finish(functions_.save(state_, out.data(), &count));
  return out;
}

void Attacker::restore(std::vector<std::byte> saved) {
  if (state_) functions_.free_state(state_);
  state_ = nullptr;
  saved_ = std::move(saved);
}

}  // namespace steppe::run
