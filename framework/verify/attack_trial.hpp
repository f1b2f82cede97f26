// An attack at work on a small study, and what it is held to: the facts it declares about itself.
#pragma once

#include "framework/run/attacker.hpp"
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
  std::string fault_of_repetition(double strength);
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
                           float radius) const;
  std::vector<bool> held_entries() const;

  const plugin::Catalogue& catalogue_;
  std::string attack_, settings_, device_;
  std::vector<std::string> sets_;
  steppe_attack table_;
};

}  // namespace steppe::verify
