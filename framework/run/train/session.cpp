#include "framework/run/train/session.hpp"

#include "framework/run/error.hpp"
#include "framework/run/train/class_weights.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace steppe::run {

namespace {

compute::Tensor clone(compute::Queue& queue, const compute::Tensor& flat) {
  auto out = queue.flat(flat.segments);
  queue.copy(flat, out);
  return out;
}

}  // namespace

Session::Session(const pipeline::TrainingNode& node, const data::Dataset& data, Rows rows,
                 const network::Network& network, WeightPoint at,
                 const plugin::Surroundings& surroundings, Checkpoint* checkpoint, Pace* pace)
    : data_{data},
      network_{network},
      rows_{std::move(rows)},
      event_weights_{training_weights(data, rows_.train, node.trainer.wiring)},
      surroundings_{surroundings},
      queue_{*surroundings.queue},
      given_{std::move(at)},
      at_{queue_.flat(network.weights()), queue_.flat(network.buffers())},
      trainer_{*node.trainer.info, node.trainer.settings, node.trainer.name},
      optimizer_{*node.optimizer.info, node.optimizer.settings, node.optimizer.name},
      optimizer_functions_{optimizer_.functions<steppe_optimizer>()},
      trainer_host_{"trainer", node.trainer.name, surroundings},
      optimizer_host_{"optimizer", node.optimizer.name, surroundings},
      node_{node},
      gradient_{queue_.flat(network.weights())},
      weights_handle_{at_.weights},
      gradient_handle_{gradient_},
      losses_{queue_},
      traffic_{queue_},
      checkpoint_{checkpoint},
      pace_{pace} {
  for (const char* const* name = optimizer_functions_.state; name && *name; ++name)
    state_handles_.push_back(&state_.emplace_back(queue_.flat(network.weights())));
  state_handles_.push_back(nullptr);  // ends the list, also of an optimizer without state
}

pipeline::History Session::run() {
  const auto table = make_table();
  const auto functions = trainer_.functions<steppe_trainer>();
  trainer_host_.finish(functions.begin(trainer_.get(), trainer_host_.get(), &table));
  require_plan();
  move(given_, at_);
  resume();
  try {
    run_epochs(table);
  } catch (const plugin::Cancelled&) {
    put_checkpoint();
    throw;
  } catch (const plugin::PluginError& error) {
    if (state_was_refused_) throw RefusedState{error.what()};
    throw;
  }
  move(at_, given_);
  queue_.wait();
  return std::move(history_);
}

void Session::move(const WeightPoint& from, const WeightPoint& to) {
  queue_.copy(from.weights, to.weights);
  queue_.copy(from.buffers, to.buffers);
}

void Session::run_epochs(const steppe_session& table) {
  const auto functions = trainer_.functions<steppe_trainer>();
  for (std::int32_t done = 0; !done;) {
    history_.epochs.emplace_back(history_.names.size(), std::nan(""));
    trainer_host_.finish(
        functions.epoch(trainer_.get(), trainer_host_.get(), &table, epoch_, &done));
    mean_loss();
    order_.clear();
    has_batch_ = false;
    ++epoch_;
    if (!done) remember();
  }
}

void Session::plan(std::uint64_t batch, std::uint64_t epochs, bool drop_last) {
  if (batch == 0) throw RunError{"a batch needs at least one event"};
  if (drop_last && batch > rows_.train.size())
    throw RunError{
        fmt::format("batches of {} events with the last one left out need that many "
                    "training events, and there are {}",
                    batch, rows_.train.size())};
  batch_rows_ = std::min<std::size_t>(batch, rows_.train.size());
  epochs_ = epochs;
  drop_last_ = drop_last;
  loss_ = std::make_unique<BatchLoss>(network_, queue_, batch_rows_);
  batch_ = std::make_unique<data::Batch>(data_, queue_, batch_rows_);
  if (!event_weights_.empty()) batch_->weigh_by(event_weights_);
  attackers_.clear();
  for (const auto& stage : node_.attacks)
    attackers_
        .emplace_back(stage, data_, network_, batch_rows_, surroundings_,
                      deviations_for(stage, data_, rows_.train))
        .use_precision(node_.precision.attack);
  watch_traffic();
}

void Session::stop_if_cancelled() const { surroundings_.stop_if_cancelled(); }

void Session::require_plan() const {
  if (!loss_) throw RunError{"the trainer has to call 'plan' in 'begin'"};
}

void Session::require_batch() const {
  if (!has_batch_) throw RunError{"there is no batch; call 'next_batch' first, in every epoch"};
}

void Session::keep(const char* name, void* bytes, std::size_t count) {
  if (!kept_.emplace(name, Kept{bytes, count}).second)
    throw RunError{fmt::format("'{}' is kept already", name)};
}

std::size_t Session::batches_per_epoch() const {
  const auto full = rows_.train.size() / batch_rows_;
  // A single event has no variance to normalise by, so it never makes a batch of its own.
  const bool short_one = rows_.train.size() % batch_rows_ > 1;
  return full + (short_one && !drop_last_ ? 1 : 0);
}

std::span<const std::uint32_t> Session::rows_of(const std::vector<std::uint32_t>& order,
                                                std::size_t index) const {
  const auto first = index * batch_rows_;
  return std::span{order}.subspan(first, std::min(batch_rows_, order.size() - first));
}

steppe_moment Session::moment() const {
  return {sizeof(steppe_moment), epoch_, epochs_, step_, batch_number_};
}

std::uint64_t Session::next_batch() {
  require_plan();
  stop_if_cancelled();
  if (order_.empty()) {
    const auto random = trainer_host_.random("shuffle", epoch_);
    order_ = data::shuffled(rows_.train, {random.key, random.stream});
    batch_number_ = 0;
  } else {
    ++batch_number_;
  }
  if (surroundings_.progress)
    surroundings_.progress((epoch_ * batches_per_epoch() + batch_number_) * batch_rows_,
                           epochs_ * batches_per_epoch() * batch_rows_, "events");
  const bool over = batch_number_ >= batches_per_epoch();
  const auto rows = over ? std::span<const std::uint32_t>{} : rows_of(order_, batch_number_);
  over ? traffic_.end() : traffic_.begin();
  if (pace_) {
    const compute::Profile::Span waiting{surroundings_.profile};
    pace_->next(queue_, loss_->work(), rows.size());
  }
  if (rows.empty()) return 0;
  batch_->load(rows);
  if (batch_number_ + 1 < batches_per_epoch())
    batch_->load_ahead(rows_of(order_, batch_number_ + 1));
  has_batch_ = true;
  if (batch_->weightless())
    throw RunError{
        fmt::format("all events of batch {} of epoch {} (step {}) have weight 0; leave such events "
                    "out, or try larger batches",
                    batch_number_, epoch_, step_ + 1)};
  const auto random = trainer_host_.random("dropout", step_);
  loss_->set_events(*batch_, compute::RandomKey{random.key, random.stream});
  return batch_->rows();
}

Attacker& Session::attacker(int index) {
  if (index < 0 || static_cast<std::size_t>(index) >= attackers_.size())
    throw RunError{fmt::format("there is no attack {}", index)};
  return attackers_[static_cast<std::size_t>(index)];
}

void Session::attack(int index, double fraction) {
  if (!(fraction >= 0 && fraction <= 1))
    throw RunError{fmt::format("the attacked fraction {} is outside [0, 1]", fraction)};
  auto& attacker = this->attacker(index);
  require_batch();
  try {
    move_by(attacker, fraction);
  } catch (const RefusedState&) {
    state_was_refused_ = true;
    throw;
  }
}

void Session::move_by(Attacker& attacker, double fraction) {
  if (attacker.moves_weights()) {
    if (!weights_before_) weights_before_ = queue_.flat(network_.weights());
    if (!weights_are_moved_) queue_.copy(at_.weights, weights_before_);
    weights_are_moved_ = true;
    attacker.move_weights(*loss_, at_, *batch_, moment());
  } else {
    const auto rows = static_cast<std::size_t>(fraction * static_cast<double>(batch_->rows()));
    attacker.move_events(*loss_, at_, *batch_, rows, moment());
  }
}

void Session::gradient() {
  require_batch();
  loss_->forward(at_, batch_->features(), batch_->labels(), STEPPE_LOSS, network::Mode::train,
                 node_.precision.update);
  loss_->mean(batch_->weights(), losses_.next(step_ + 1));
  loss_->weight_gradient(batch_->weights(), gradient_);
  has_gradient_ = true;
}

void Session::clip(double norm) { queue_.clip(norm, gradient_); }

void Session::step(double learning_rate_factor) {
  if (!has_gradient_) throw RunError{"there is no gradient to step along"};
  // Back to where the attack found them, bit for bit: a copy, not a subtraction.
  if (weights_are_moved_) queue_.copy(weights_before_, at_.weights);
  weights_are_moved_ = has_gradient_ = false;
  optimizer_host_.finish(optimizer_functions_.step(optimizer_.get(), optimizer_host_.get(), ++step_,
                                                   learning_rate_factor, &gradient_handle_,
                                                   state_handles_.data(), &weights_handle_));
  traffic_.step();
}

double Session::mean_loss() {
  traffic_.end();
  return losses_.take_mean();
}

double Session::evaluate(steppe_split split, std::uint64_t& rows) {
  if (split != STEPPE_TRAIN && split != STEPPE_VALIDATION)
    throw RunError{"a training sees its own training and validation splits and no other"};
  const auto& which = split == STEPPE_TRAIN ? rows_.train : rows_.validation;
  if (which.empty()) throw RunError{"that split has no events"};
  traffic_.end();
  if (!evaluator_) evaluator_ = std::make_unique<Evaluator>(network_, queue_, data_, surroundings_);
  rows = which.size();
  return evaluator_->mean_loss(at_, which);
}

void Session::log(const char* name, double value) {
  auto found = std::find(history_.names.begin(), history_.names.end(), name);
  if (found == history_.names.end()) {
    found = history_.names.emplace(found, name);
    for (auto& epoch : history_.epochs) epoch.push_back(std::nan(""));
  }
  if (history_.epochs.empty()) throw RunError{"numbers are logged in an epoch"};
  history_.epochs.back()[static_cast<std::size_t>(found - history_.names.begin())] = value;
}

void Session::store(const char* name) {
  auto& place = stored_[name];
  if (!place.weights) {
    place = {clone(queue_, at_.weights), clone(queue_, at_.buffers)};
  } else {
    move(at_, place);
  }
}

void Session::load(const char* name) {
  const auto found = stored_.find(name);
  if (found == stored_.end()) throw RunError{fmt::format("nothing is stored as '{}'", name)};
  move(found->second, at_);
}

void Session::average(const char* name, double keep) {
  if (!(keep >= 0 && keep <= 1))
    throw RunError{fmt::format("an average that keeps {} is none; keep 0 to 1", keep)};
  const auto found = stored_.find(name);
  if (found == stored_.end()) return store(name);
  const auto& [weights, buffers] = found->second;
  const auto stays = static_cast<float>(keep), comes = static_cast<float>(1 - keep);
  queue_.axpby(comes, at_.weights, stays, weights);
  // Statistics are averaged; a fit, or moments with their count, are as they are now.
  const auto statistics = network_.statistics();
  for (std::size_t s = 0; s < buffers.segments->segments().size(); ++s) {
    if (std::ranges::find(statistics, s) == statistics.end())
      queue_.copy(at_.buffers.segment(s), buffers.segment(s));
    else
      queue_.axpby(comes, at_.buffers.segment(s), stays, buffers.segment(s));
  }
}

void Session::renew_statistics() {
  require_plan();
  traffic_.end();
  if (network_.statistics().empty()) return;
  network::Passes passes{network_, queue_, batch_rows_};
  data::Batch batch{data_, queue_, batch_rows_};
  for (std::size_t b = 0; b < batches_per_epoch(); ++b) {
    stop_if_cancelled();
    batch.load(rows_of(rows_.train, b));
    auto context = context_of(network_, batch);
    context.batch = b + 1;
    passes.forward(at_.weights, at_.buffers, batch.features(), network::Mode::renew, context);
  }
}

}  // namespace steppe::run
