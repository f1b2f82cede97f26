// Every attack in the catalogue gives the same bytes: for any number of threads, for an event alone
// and in a batch, and from a saved state.
#include <cstdint>

#include "any_attack.hpp"

namespace steppe {
namespace {

using testing::same_bits;

class AttackBytes : public AnyAttack {};
class EventAttackBytes : public AnyAttack {};
class AttackWithState : public AnyAttack {};

TEST_P(AttackBytes, AreTheSameForAnyNumberOfThreads) {
  EXPECT_EQ(fault_of_threads(0.1), "");
  EXPECT_FALSE(same_bits(values(), before_));
}

// Signs are the same to the bit; steps along the gradient itself end one rounding apart.
TEST_P(EventAttackBytes, OfAnEventAloneAreThoseInABatch) {
  prepare(0.1, "", 1);
  EXPECT_EQ(fault_of_events_alone(0.1, ball_ == STEPPE_MAX_NORM ? 0.0F : 2.4e-7F), "");
}

TEST_P(AttackWithState, GoesOnFromWhatItSavedAsIfNothingHadHappened) {
  prepare(0.1, "", rows);
  const auto start = bench_->device->flat(bench_->network.weights());
  if (moves_weights()) bench_->queue->copy(bench_->at.weights, start);
  const auto rows_of_batch = bench_->batch.row_indices();
  const std::vector<std::uint32_t> events{rows_of_batch.begin(), rows_of_batch.end()};
  const auto step = [&](run::Attacker& attacker, std::uint64_t number) {
    const auto epoch = number / 4, batch = number % 4;
    move(attacker, rows, {sizeof(steppe_moment), epoch, 12, number, batch});
    auto out = values();
    if (moves_weights())
      bench_->queue->copy(start, bench_->at.weights);
    else
      bench_->batch.load(events);
    return out;
  };
  const auto uninterrupted = make_attacker();
  auto resumed = make_attacker();
  for (std::uint64_t number = 0; number < 28; ++number) {
    const auto wanted = step(*uninterrupted, number);
    ASSERT_TRUE(same_bits(step(*resumed, number), wanted)) << "step " << number;
    auto saved = resumed->save();
    ASSERT_FALSE(saved.empty());
    ASSERT_EQ(saved, uninterrupted->save()) << "step " << number;
    resumed = make_attacker();
    resumed->restore(std::move(saved));
  }
}

bool has_state(const steppe_attack& table) { return table.new_state != nullptr; }

INSTANTIATE_TEST_SUITE_P(Catalogue, AttackBytes, ::testing::ValuesIn(attack_cases()),
                         name_of_attack);
INSTANTIATE_TEST_SUITE_P(Catalogue, EventAttackBytes,
                         ::testing::ValuesIn(attack_cases_if(is_for_events)), name_of_attack);
INSTANTIATE_TEST_SUITE_P(Catalogue, AttackWithState,
                         ::testing::ValuesIn(attack_cases_if(has_state)), name_of_attack);

}  // namespace
}  // namespace steppe
