// A session between two epochs: given away as a state, and taken back.
#include "framework/run/train/session.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace steppe::run {

namespace {

void read(compute::Queue& queue, const compute::Tensor& flat, std::vector<float>& to) {
  const compute::Mapped view{queue, flat};
  to.assign(view->row(0), view->row(0) + flat.columns);
}

void write(compute::Queue& queue, const std::vector<float>& from, const compute::Tensor& flat) {
  const compute::Mapped view{queue, flat};
  std::ranges::copy(from, view->row(0));
}

}  // namespace

void Session::save(TrainingState& to) {
  const auto point = [&](const WeightPoint& from, StoredPoint& into) {
    read(queue_, from.weights, into.weights);
    read(queue_, from.buffers, into.buffers);
  };
  to.epochs = epoch_;
  to.steps = step_;
  point(at_, to.at);
  for (const auto& [name, stored] : stored_) point(stored, to.stored[name]);
  to.optimizer.resize(state_.size());
  for (std::size_t s = 0; s < state_.size(); ++s) read(queue_, state_[s].tensor, to.optimizer[s]);
  for (const auto& [name, kept] : kept_) {
    const auto* bytes = static_cast<const std::byte*>(kept.bytes);
    to.kept[name].assign(bytes, bytes + kept.count);
  }
  to.attacks.clear();
  for (auto& attacker : attackers_) to.attacks.push_back(attacker.save());
  to.history = history_;
}

std::string Session::misfit(const TrainingState& state) const {
  const auto fits = [&](const StoredPoint& point) {
    return point.weights.size() == at_.weights.columns &&
           point.buffers.size() == at_.buffers.columns;
  };
  const auto all_fit = [&] {
    return fits(state.at) &&
           std::ranges::all_of(state.stored, [&](const auto& one) { return fits(one.second); });
  };
  if (!all_fit()) return "its weights are those of another network";
  if (state.optimizer.size() != state_.size() ||
      std::ranges::any_of(state.optimizer,
                          [&](const auto& s) { return s.size() != at_.weights.columns; }))
    return "its optimizer keeps something else";
  if (!std::ranges::equal(state.kept, kept_, [](const auto& a, const auto& b) {
        return a.first == b.first && a.second.size() == b.second.count;
      }))
    return "its trainer keeps something else";
  if (state.attacks.size() != attackers_.size()) return "it has other attacks";
  for (std::size_t a = 0; a < attackers_.size(); ++a)
    if (!state.attacks[a].empty() && !attackers_[a].has_state()) return "it has other attacks";
  if (state.history.epochs.size() != state.epochs) return "its history has other epochs";
  return "";
}

void Session::restore(const TrainingState& state) {
  const auto point = [&](const StoredPoint& from, const WeightPoint& to) {
    write(queue_, from.weights, to.weights);
    write(queue_, from.buffers, to.buffers);
  };
  epoch_ = state.epochs;
  step_ = state.steps;
  point(state.at, at_);
  for (const auto& [name, stored] : state.stored) {
    store(name.c_str());  // makes room
    point(stored, stored_.at(name));
  }
  for (std::size_t s = 0; s < state_.size(); ++s)
    write(queue_, state.optimizer[s], state_[s].tensor);
  for (const auto& [name, bytes] : state.kept)
    std::ranges::copy(bytes, static_cast<std::byte*>(kept_.at(name).bytes));
  for (std::size_t a = 0; a < attackers_.size(); ++a) attackers_[a].restore(state.attacks[a]);
  history_ = state.history;
}

/// Takes up what was kept of this training before, and sees whether it can be kept at all.
void Session::resume() {
  if (!checkpoint_) return;
  for (std::size_t a = 0; a < attackers_.size(); ++a)
    if (!attackers_[a].can_save())
      return give_up(
          fmt::format("attack '{}' has a state that it cannot save", node_.attacks[a].name));
  const auto found = checkpoint_->find();
  if (!found) return;
  if (const auto why = misfit(*found); !why.empty()) return checkpoint_->refuse(why);
  restore(*found);
  checkpoint_->goes_on(epoch_, epochs_);
  put_epochs_ = epoch_;
}

/// An epoch is done, and another one follows.
void Session::remember() {
  // A step that was begun belongs to no state.
  if (!checkpoint_ || has_gradient_ || weights_are_moved_) return;
  try {
    save(last_);
  } catch (const plugin::PluginError& error) {
    return give_up(error.what());
  }
  if (checkpoint_->due()) put_checkpoint();
}

/// The training goes on; what it leaves is what it has left so far.
void Session::give_up(const std::string& why) {
  if (surroundings_.log)
    surroundings_.log(STEPPE_NOTE,
                      fmt::format("{}; a training with it leaves no checkpoints", why));
  checkpoint_ = nullptr;
}

void Session::put_checkpoint() {
  if (!checkpoint_ || last_.epochs <= put_epochs_) return;
  checkpoint_->put(last_);
  put_epochs_ = last_.epochs;
}

}  // namespace steppe::run
