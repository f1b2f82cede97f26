// Trainers: the order of things in a training. Everything that is trained belongs to the host; a
// trainer calls verbs on a session.
//
//   struct Plain {
//     void begin(steppe::Session& session) { session.plan(128, 10); }
//     bool epoch(steppe::Session& session, std::uint64_t epoch) {      // true: this was the last
//       while (session.next_batch()) {
//         session.attack(0, 1.0);
//         session.gradient();
//         session.step(1.0);
//       }
//       return epoch + 1 == 10;
//     }
//   };
#pragma once

#include <steppe/plugin.hpp>

#include <string>
#include <type_traits>

namespace steppe {

enum class Split { train = STEPPE_TRAIN, validation = STEPPE_VALIDATION, test = STEPPE_TEST };

struct Evaluation {
  std::uint64_t rows = 0;
  double loss = 0;  ///< weighted mean
};

/// See steppe_session in abi.h for each verb's contract.
class Session {
 public:
  Session(const steppe_host* host, const steppe_session* session)
      : host_{host}, session_{session} {}

  std::uint64_t train_rows() const { return session_->train_rows; }
  std::uint64_t validation_rows() const { return session_->validation_rows; }
  /// Attacks the pipeline lists; 0: clean training.
  int attacks() const { return session_->attacks; }
  Host host() const { return Host{host_}; }

  void plan(std::uint64_t batch, std::uint64_t epochs, bool drop_last = false) {
    did(session_->plan(session_->self, batch, epochs, drop_last ? 1 : 0));
  }
  /// Batches an epoch; after `plan`.
  std::uint64_t batches() const {
    std::uint64_t count = 0;
    did(session_->batches(session_->self, &count));
    return count;
  }
  /// Whether attack `index` moves the weights and not the events; after `plan`.
  bool moves_weights(int index) const {
    steppe_space space = STEPPE_INPUTS;
    did(session_->attacked_space(session_->self, index, &space));
    return space == STEPPE_WEIGHTS;
  }
  /// Registers a member of the trainer that is saved and restored with the training.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void keep(const char* name, T& member) {
    did(session_->keep(session_->self, name, &member, sizeof member));
  }
  /// The next shuffled batch of this epoch. @returns its rows, 0 when the epoch is over.
  std::uint64_t next_batch() {
    std::uint64_t rows = 0;
    did(session_->next_batch(session_->self, &rows));
    return rows;
  }
  /// Attack `index` on the first `fraction` of the batch, or on the weights until `step`.
  void attack(int index, double fraction) {
    did(session_->attack(session_->self, index, fraction));
  }
  void gradient() { did(session_->gradient(session_->self)); }
  void clip(double norm) { did(session_->clip(session_->self, norm)); }
  void step(double learning_rate_factor = 1.0) {
    did(session_->step(session_->self, learning_rate_factor));
  }
  /// Mean training loss since the last call; refuses non-finite losses with step and batch.
  double mean_loss() {
    double loss = 0;
    did(session_->mean_loss(session_->self, &loss));
    return loss;
  }
  Evaluation evaluate(Split split) {
    steppe_evaluation out{};
    out.size = sizeof out;
    did(session_->evaluate(session_->self, static_cast<steppe_split>(split), &out));
    return {out.rows, out.loss};
  }
  void log(const char* name, double value) { did(session_->log(session_->self, name, value)); }
  /// Weights and statistics under a name, and back.
  void store(const char* name) { did(session_->store(session_->self, name)); }
  void load(const char* name) { did(session_->load(session_->self, name)); }
  /// What is stored under a name becomes `keep` of itself and 1 - `keep` of now; the first time,
  /// all of now.
  void average(const char* name, double keep) {
    did(session_->average(session_->self, name, keep));
  }
  /// Statistics of batch normalisation for the weights of now: means over the training split.
  void renew_statistics() { did(session_->renew_statistics(session_->self)); }

 private:
  static void did(steppe_status status) { detail::check(status); }

  const steppe_host* host_;
  const steppe_session* session_;
};

template <class T>
concept Trainer = requires(T& trainer, Session& session, std::uint64_t epoch) {
  trainer.begin(session);
  { trainer.epoch(session, epoch) } -> std::same_as<bool>;
};

template <Trainer Plugin>
std::unique_ptr<Stage> trainer(const About& about) {
  static constexpr steppe_trainer functions{
      .size = sizeof(steppe_trainer),
      .begin =
          [](void* instance, const steppe_host* host, const steppe_session* c_session) {
            return detail::guard(host, [&] {
              Session session{host, c_session};
              static_cast<Plugin*>(instance)->begin(session);
            });
          },
      .epoch =
          [](void* instance, const steppe_host* host, const steppe_session* c_session,
             std::uint64_t epoch, std::int32_t* done) {
            return detail::guard(host, [&] {
              Session session{host, c_session};
              *done = static_cast<Plugin*>(instance)->epoch(session, epoch) ? 1 : 0;
            });
          }};
  return std::make_unique<detail::StageOf<Plugin>>("trainer", about, &functions);
}

}  // namespace steppe
