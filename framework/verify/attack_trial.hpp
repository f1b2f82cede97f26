// An attack at work on a small study, and what it is held to: the facts it declares about itself.
#pragma once

#include "framework/run/objective/attacker.hpp"
#include "framework/verify/bench.hpp"

#include <memory>
#include <string>
#include <vector>

namespace steppe::verify {

class AttackTrial {
 public:
  /// `settings`: lines of TOML under the attack's heading; `sets`: of the document.
  AttackTrial(const plugin::Catalogue& catalogue, std::string attack, std::string settings,
              std::string device, std::vector<std::string> sets = {});

  const steppe_attack& table() const { return table_; }
  bool moves_weights() const { return table_.default_space == STEPPE_WEIGHTS; }

  // Each gives what is wrong, or "".
  std::string fault_at_strength_zero();
  /// Of every row after an attack of this radius; a part in 10^6 is left to rounding.
  std::string fault_of_ball(double radius);
  /// The same where the ball is what stops the attack: of this radius, or of a part of how far the
  /// attack goes in it. @throws LeftOut where it stops short of either.
  std::string fault_of_binding_ball(double radius);
  std::string fault_of_repetition(double strength);
  /// The point moves to the same bytes on any number of threads, of few events and of many.
  std::string fault_of_threads(double strength);
  /// An event by itself moves to where it moves among others, with running statistics of the batch.
  /// `rounding`: what a value may be off, as a part of the larger of it and 1.
  std::string fault_of_events_alone(double strength, float rounding);
  /// All values stay finite where the gradient of every row is zero: the weights are all zero, and
  /// there are as many events of one class as of the other.
  std::string fault_on_flat_ground(double strength);
  /// What is not the point stays bit for bit, with statistics of the batch and running ones.
  std::string fault_of_the_rest(double strength);
  /// What the file holds back stays bit for bit.
  std::string fault_of_held(double strength);

 protected:
  /// A network and a batch of `capacity` events for the attack with this strength and wiring.
  void prepare(double strength, const std::string& wiring, std::size_t capacity);
  /// The same for the attack of a plan.
  void prepare(pipeline::Plan plan, std::size_t capacity);

  compute::Tensor point() const {
    return moves_weights() ? bench_->at.weights : bench_->batch.features();
  }
  const pipeline::Stage& stage() const { return plan_.trainings[0].attacks[0]; }
  std::vector<float> values() const { return values_of(*bench_->queue, point()); }

  std::unique_ptr<run::Attacker> make_attacker();
  /// The first `count` events, or the weights.
  void move(run::Attacker& attacker, std::size_t count, const steppe_moment& moment = {});
  /// All of it. @returns the point afterwards.
  std::vector<float> attack(double strength, const std::string& wiring = "",
                            std::size_t count = rows, std::size_t capacity = rows);

  static constexpr std::size_t rows = 40;
  pipeline::Plan plan_;
  std::unique_ptr<Bench> bench_;
  std::size_t capacity_ = 0;
  steppe_ball ball_ = STEPPE_NO_BALL;
  std::vector<float> before_;

 private:
  std::string fault_of_row(std::span<const float> before, std::span<const float> after,
                           float radius);
  std::vector<bool> held_entries() const;
  std::vector<std::uint32_t> rows_of_both_classes() const;
  std::string advice_for_larger_steps() const;

  const plugin::Catalogue& catalogue_;
  std::string attack_, settings_, device_;
  std::vector<std::string> sets_;
  steppe_attack table_;
  double reach_ = 0;  ///< of the last `fault_of_ball`: how far the row moved that moved most
};

}  // namespace steppe::verify
