// A training session: everything that is trained belongs to it, and a trainer plugin moves it on
// with the verbs of steppe_session.
#pragma once

#include "framework/data/batches.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/run/objective/attacker.hpp"
#include "framework/run/objective/batch_loss.hpp"
#include "framework/run/objective/evaluator.hpp"
#include "framework/run/train/checkpoint.hpp"
#include "framework/run/train/loss_log.hpp"
#include "framework/run/train/pace.hpp"
#include "framework/run/train/step_traffic.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace steppe::run {

class Session {
 public:
  struct Rows {
    std::vector<std::uint32_t> train, validation;
  };

  /// `at` holds the initial weights, and the trained ones after `run`. All but `node` outlive the
  /// session.
  /// `checkpoint`: where to go on from, and what to leave when it is stopped; null: nowhere.
  /// `pace`: who holds the steps back; null: nobody.
  Session(const pipeline::TrainingNode& node, const data::Dataset& data, Rows rows,
          const network::Network& network, WeightPoint at, const plugin::Surroundings& surroundings,
          Checkpoint* checkpoint = nullptr, Pace* pace = nullptr);

  /// Runs the trainer from `begin`, or from the checkpoint, to its last epoch. @returns what it
  /// logged. @throws RefusedState when an attack does not take what the checkpoint has for it.
  pipeline::History run();
  /// Of the steps of `run`.
  TrainingTraffic traffic() const { return traffic_.sums(); }

 private:
  // The verbs, as abi.h states them.
  void plan(std::uint64_t batch, std::uint64_t epochs, bool drop_last);
  void keep(const char* name, void* bytes, std::size_t count);
  std::uint64_t next_batch();
  void attack(int index, double fraction);
  void gradient();
  void clip(double norm);
  void step(double learning_rate_factor);
  double mean_loss();
  double evaluate(steppe_split split, std::uint64_t& rows);
  void log(const char* name, double value);
  void store(const char* name);
  void load(const char* name);
  void average(const char* name, double keep);
  void renew_statistics();

  // Between two epochs (session_state.cpp).
  void save(TrainingState& to);
  /// Why a state is not one of this training; "": it is.
  std::string misfit(const TrainingState& state) const;
  void restore(const TrainingState& state);
  void resume();
  void remember();
  void give_up(const std::string& why);
  void put_checkpoint();

  steppe_session make_table();
  void run_epochs(const steppe_session& table);
  void move(const WeightPoint& from, const WeightPoint& to);
  void require_plan() const;
  void require_batch() const;
  void stop_if_cancelled() const;
  std::size_t batches_per_epoch() const;
  /// Batch `index` of the rows in this order.
  std::span<const std::uint32_t> rows_of(const std::vector<std::uint32_t>& order,
                                         std::size_t index) const;
  void watch_traffic();
  Attacker& attacker(int index);
  void move_by(Attacker& attacker, double fraction);
  steppe_moment moment() const;

  struct Kept {
    void* bytes;
    std::size_t count;
  };

  const data::Dataset& data_;
  const network::Network& network_;
  Rows rows_;
  std::vector<float> event_weights_;  ///< of the training loss; empty: the data's
  plugin::Surroundings surroundings_;
  compute::Queue& queue_;
  WeightPoint given_, at_;  ///< the second lies among what the queue works on

  plugin::Instance trainer_, optimizer_;
  steppe_optimizer optimizer_functions_;
  plugin::StageHost trainer_host_, optimizer_host_;
  const pipeline::TrainingNode& node_;
  std::deque<Attacker> attackers_;

  compute::Tensor gradient_, weights_before_;  ///< flat; the second while an attack moved weights
  bool weights_are_moved_ = false, has_gradient_ = false, has_batch_ = false;
  std::deque<steppe_tensor> state_;
  std::vector<steppe_tensor*> state_handles_;
  steppe_tensor weights_handle_, gradient_handle_;

  std::unique_ptr<BatchLoss> loss_;
  std::unique_ptr<data::Batch> batch_;
  std::unique_ptr<Evaluator> evaluator_;
  LossLog losses_;
  StepTraffic traffic_;

  std::size_t batch_rows_ = 0;
  bool drop_last_ = false;
  std::uint64_t epochs_ = 0, epoch_ = 0, step_ = 0, batch_number_ = 0;
  std::vector<std::uint32_t> order_;  ///< of this epoch; empty between epochs
  std::map<std::string, Kept> kept_;
  std::map<std::string, WeightPoint> stored_;
  pipeline::History history_;

  Checkpoint* checkpoint_;
  Pace* pace_;
  TrainingState last_;            ///< after the last epoch that left no step half done
  std::uint64_t put_epochs_ = 0;  ///< of the state that was put last, or found
  bool state_was_refused_ = false;
};

}  // namespace steppe::run
