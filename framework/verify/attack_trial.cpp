#include "framework/verify/attack_trial.hpp"

#include "framework/verify/checks.hpp"
#include "framework/verify/threads.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace steppe::verify {

AttackTrial::AttackTrial(const plugin::Catalogue& catalogue, std::string attack,
                         std::string settings, std::string device, std::vector<std::string> sets)
    : catalogue_{catalogue},
      attack_{std::move(attack)},
      settings_{std::move(settings)},
      device_{std::move(device)},
      sets_{std::move(sets)},
      table_{plugin::functions_of<steppe_attack>(*catalogue.find("attack", attack_))} {}

void AttackTrial::prepare(double strength, const std::string& wiring, std::size_t capacity) {
  auto section = fmt::format("\n[attack.{}]\n", attack_);
  const std::string of_strength = table_.strength, of_radius = table_.ball_radius;
  if (!of_strength.empty()) section += fmt::format("{} = {}\n", of_strength, strength);
  if (!of_radius.empty() && of_radius != of_strength)
    section += fmt::format("{} = {}\n", of_radius, strength);
  auto sets = sets_;
  sets.push_back("values.attack=" + attack_);
  if (capacity > 2 * rows) sets.push_back(fmt::format("values.jets={}", jets_on_threads));
  prepare(tiny_plan(catalogue_, section + settings_ + wiring, sets), capacity);
}

void AttackTrial::prepare(pipeline::Plan plan, std::size_t capacity) {
  plan_ = std::move(plan);
  bench_ = std::make_unique<Bench>(plan_, device_, capacity);
  capacity_ = capacity;
  const plugin::Instance instance{*stage().info, stage().settings, stage().name};
  ball_ = table_.ball(instance.get());
  before_ = values();
}

std::unique_ptr<run::Attacker> AttackTrial::make_attacker() {
  plugin::Surroundings surroundings;
  surroundings.queue = bench_->queue.get();
  surroundings.seed = 5;
  return std::make_unique<run::Attacker>(
      stage(), *bench_->data, bench_->network, capacity_, surroundings,
      run::deviations_for(stage(), *bench_->data, bench_->training_rows()));
}

void AttackTrial::move(run::Attacker& attacker, std::size_t count, const steppe_moment& moment) {
  if (moves_weights())
    attacker.move_weights(bench_->loss, bench_->at, bench_->batch, moment);
  else
    attacker.move_events(bench_->loss, bench_->at, bench_->batch, count, moment);
}

std::vector<float> AttackTrial::attack(double strength, const std::string& wiring,
                                       std::size_t count, std::size_t capacity) {
  prepare(strength, wiring, capacity);
  move(*make_attacker(), count);
  return values();
}

std::string AttackTrial::fault_at_strength_zero() {
  return same_bits(attack(0.0), before_) ? "" : "it moves the point all the same";
}

std::string AttackTrial::fault_of_repetition(double strength) {
  const auto first = attack(strength);
  return same_bits(first, attack(strength)) ? "" : "the second time it moves the point elsewhere";
}

std::string AttackTrial::fault_of_threads(double strength) {
  for (const auto count : events_on_threads) {
    prepare(strength, "", count);
    auto& queue = *bench_->queue;
    const auto start = bench_->device->flat(bench_->network.weights());
    queue.copy(bench_->at.weights, start);
    const auto rows_of_batch = bench_->batch.row_indices();
    const std::vector<std::uint32_t> events{rows_of_batch.begin(), rows_of_batch.end()};
    const auto fault = verify::fault_of_threads([&] {
      queue.copy(start, bench_->at.weights);
      bench_->batch.load(events);
      move(*make_attacker(), count);
      return values();
    });
    if (!fault.empty()) return fmt::format("of {} events: {}", count, fault);
  }
  return "";
}

std::string AttackTrial::fault_of_ball(double radius) {
  const auto after = attack(radius);
  const auto columns = point().columns;
  reach_ = 0;
  for (std::size_t r = 0; r < point().rows; ++r) {
    const auto fault =
        fault_of_row(std::span{before_}.subspan(r * columns, columns),
                     std::span{after}.subspan(r * columns, columns), static_cast<float>(radius));
    if (!fault.empty()) return fmt::format("row {} of the point {}", r, fault);
  }
  return "";
}

std::string AttackTrial::fault_of_binding_ball(double radius) {
  // A radius that is out of reach says nothing of what happens at the edge of the ball.
  const auto binds = [this](double of) { return reach_ > 0.99 * of; };
  auto fault = fault_of_ball(radius);
  if (!fault.empty() || ball_ == STEPPE_NO_BALL || binds(radius)) return fault;
  const double reach = reach_;
  const auto* setting = catalogue_.find("attack", attack_)->find_parameter(table_.ball_radius);
  const double smaller = std::max(reach / 4, setting ? setting->minimum : 0.0);
  if (reach > 0) fault = fault_of_ball(smaller);
  if (!fault.empty() || (reach > 0 && binds(smaller))) return fault;
  throw LeftOut{fmt::format("the attack moved {:.2g} of {:.3g}, so its ball stopped nothing{}",
                            reach, radius, advice_for_larger_steps())};
}

/// A number among the settings that is not the ball's may be the length of a step.
std::string AttackTrial::advice_for_larger_steps() const {
  for (const auto& p : catalogue_.find("attack", attack_)->parameters)
    if (p.type == plugin::Type::real && !p.is_array && p.name != table_.ball_radius &&
        p.name != table_.strength)
      return fmt::format("; try --set {}={:g}", p.name, std::min(1.0, p.maximum));
  return "";
}

std::string AttackTrial::fault_of_row(std::span<const float> before, std::span<const float> after,
                                      float radius) {
  double square = 0, rounding = 0, largest = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const float reach = std::max(std::abs(before[i]), std::abs(after[i]));
    const float ulp = std::nextafter(reach + radius, INFINITY) - (reach + radius);
    const float away = after[i] - before[i];
    if (!std::isfinite(away)) return "is not finite any more";
    if (ball_ == STEPPE_MAX_NORM && std::abs(away) > radius + ulp)
      return fmt::format("moves by {} in one column, and the radius is {}", std::abs(away), radius);
    square += static_cast<double>(away) * static_cast<double>(away);
    rounding += static_cast<double>(ulp) * static_cast<double>(ulp);
    largest = std::max(largest, static_cast<double>(std::abs(away)));
  }
  reach_ = std::max(reach_, ball_ == STEPPE_L2_NORM ? std::sqrt(square) : largest);
  // Rounding of the values, and of the length in single precision.
  const double most = static_cast<double>(radius) * (1 + 1e-6) + std::sqrt(rounding);
  if (ball_ == STEPPE_L2_NORM && std::sqrt(square) > most)
    return fmt::format("moves by {}, and the radius is {}", std::sqrt(square), radius);
  return "";
}

// The passes see each event by itself. The loss has the same bits in any batch, but below 16 rows
// oneDNN takes another kernel for the product with the transposed weights, which adds in another
// order: the gradient differs by a part in 10^7. Signs do not (unless a gradient is as small as its
// rounding); steps along the gradient itself end one rounding apart.
std::string AttackTrial::fault_of_events_alone(double strength, float rounding) {
  const std::string running = "batch_norm = \"inference\"\n";
  const auto together = attack(strength, running);
  const auto columns = point().columns;
  for (const std::uint32_t r : {0U, 7U, 39U}) {
    prepare(strength, running, 1);
    bench_->batch.load({&r, 1});
    move(*make_attacker(), 1);
    const auto alone = values();
    for (std::size_t c = 0; c < columns; ++c) {
      const float wanted = together[r * columns + c];
      if (std::abs(alone[c] - wanted) <= rounding * std::max(1.0F, std::abs(wanted))) continue;
      return fmt::format(
          "value {} of event {} becomes {} among other events and {} without them; scale each row "
          "of the point by itself",
          c, r, wanted, alone[c]);
    }
  }
  return "";
}

/// The first of them, as many of one class as of the other.
std::vector<std::uint32_t> AttackTrial::rows_of_both_classes() const {
  std::array<std::size_t, 2> left{rows / 2, rows / 2};
  std::vector<std::uint32_t> out;
  for (std::uint32_t r = 0; r < bench_->data->rows() && out.size() < rows; ++r) {
    auto& of_class = left[*bench_->data->labels().row(r) > 0.5F ? 1 : 0];
    if (of_class == 0) continue;
    --of_class;
    out.push_back(r);
  }
  return out;
}

std::string AttackTrial::fault_on_flat_ground(double strength) {
  prepare(strength, "", rows);
  bench_->batch.load(rows_of_both_classes());
  bench_->queue->fill(bench_->at.weights, 0.0F);
  move(*make_attacker(), rows);
  const auto after = values();
  const auto wrong = std::ranges::find_if_not(after, [](float x) { return std::isfinite(x); });
  if (wrong == after.end()) return "";
  return fmt::format("where the gradient is zero, a value becomes {}; look for a division by it",
                     *wrong);
}

std::string AttackTrial::fault_of_the_rest(double strength) {
  for (const std::string statistics : {"batch", "inference"}) {
    prepare(strength, "batch_norm = \"" + statistics + "\"\n", rows);
    auto& queue = *bench_->queue;
    const auto features = bench_->features();
    const auto weights = values_of(queue, bench_->at.weights);
    const auto buffers = values_of(queue, bench_->at.buffers);
    move(*make_attacker(), rows);
    if (!moves_weights() && !same_bits(values_of(queue, bench_->at.weights), weights))
      return "it moves events and changes the weights";
    if (moves_weights() && !same_bits(bench_->features(), features))
      return "it moves the weights and changes events";
    if (!same_bits(values_of(queue, bench_->at.buffers), buffers))
      return "it changes statistics of batch normalisation";
  }
  return "";
}

/// Entries that `fault_of_held` holds back, and padding of flat weights.
std::vector<bool> AttackTrial::held_entries() const {
  std::vector<bool> out(before_.size(), moves_weights());
  if (moves_weights()) {
    for (const auto& segment : bench_->network.weights()->segments())
      if (segment.name.ends_with(".weight"))
        std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(segment.offset), segment.size(),
                    false);
    return out;
  }
  const auto& data = *bench_->data;
  const auto columns = data.features().columns;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto row = i / columns, column = i % columns;
    const int mask = data.mask_of()[column];
    out[i] = data.columns().items[data.feature_columns()[column]].name.ends_with(".charge") ||
             (mask >= 0 && data.masks().row(row)[mask] == 0.0F);
  }
  return out;
}

std::string AttackTrial::fault_of_held(double strength) {
  const auto after = attack(strength, moves_weights() ? "hold = [\"*.bias\", \"batch_norm_*\"]\n"
                                                      : "hold = [\"*.charge\", \"padding\"]\n");
  const auto held = held_entries();
  for (std::size_t i = 0; i < after.size(); ++i)
    if (held[i] && std::memcmp(&after[i], &before_[i], sizeof(float)) != 0)
      return fmt::format("value {} of row {} was held and is {} instead of {}", i % point().columns,
                         i / point().columns, after[i], before_[i]);
  return "";
}

namespace {

/// Of an event alone: what several steps along a gradient make of its last bits.
constexpr float rounding = 1e-5F;

/// A strength that the schema allows.
double strength_of(const plugin::StageInfo& stage, const std::string& setting) {
  const auto* parameter = stage.find_parameter(setting);
  return parameter ? std::min(0.125, parameter->maximum) : 0.125;
}

void need(const std::string& setting, const char* what) {
  if (setting.empty()) throw LeftOut{fmt::format("it declares no {}", what)};
}

}  // namespace

std::vector<Check> attack_checks(const Subject& subject) {
  std::vector<Check> out;
  const auto& stage = subject.stage;
  const auto table = plugin::functions_of<steppe_attack>(stage);
  const std::string setting = table.strength, radius = table.ball_radius;
  const double strength = strength_of(stage, setting.empty() ? radius : setting);
  // The checks choose the strength and the radius themselves.
  auto sets = subject.sets("attack." + stage.name, setting);
  std::erase_if(sets, [of_radius = fmt::format("attack.{}.{}=", stage.name, radius)](
                          const std::string& set) { return set.starts_with(of_radius); });
  for (const auto& device : subject.devices) {
    const auto trial = [&catalogue = subject.catalogue, name = stage.name, device, sets] {
      return AttackTrial{catalogue, name, "", device, sets};
    };
    const auto title = subject.title(device);
    out.push_back({title, "is the identity at strength 0", [=] {
                     need(setting, "strength");
                     return trial().fault_at_strength_zero();
                   }});
    out.push_back({title, "stays inside its ball", [=] {
                     need(radius, "radius");
                     return trial().fault_of_binding_ball(strength);
                   }});
    out.push_back(
        {title, "gives the same twice", [=] { return trial().fault_of_repetition(strength); }});
    if (device == subject.devices.front())
      out.push_back({title, "moves its point to the same bytes on 1, 2 and 4 threads",
                     [=] { return trial().fault_of_threads(strength); }});
    if (table.default_space == STEPPE_INPUTS && table.whole_data_set == 0)
      out.push_back({title, "moves each event by itself",
                     [=] { return trial().fault_of_events_alone(strength, rounding); }});
    out.push_back({title, "stays finite where the gradient is zero",
                   [=] { return trial().fault_on_flat_ground(strength); }});
    out.push_back(
        {title, "keeps what is held bit for bit", [=] { return trial().fault_of_held(strength); }});
    out.push_back({title, "leaves all but its point alone",
                   [=] { return trial().fault_of_the_rest(strength); }});
  }
  return out;
}

}  // namespace steppe::verify
