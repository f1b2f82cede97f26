// What the boundary to a plugin costs: a walk of PGD through the loaded plugin, as a training calls
// it, and the same operations called here, in turns, on the same batches.
//
//   attack_boundary [FILE.toml [ROUNDS]]
//
// FILE.toml: benchmarks/paper_network.toml or a file like it, whose training with [attack.pgd] is
// taken. Times are those that this thread had the core; both ways have to end in the same bits.
#include "framework/cli/checked.hpp"
#include "framework/compute/device.hpp"
#include "framework/data/batches.hpp"
#include "framework/data/fit.hpp"
#include "framework/run/events/dataset.hpp"
#include "framework/run/objective/attacker.hpp"
#include "framework/run/objective/batch_loss.hpp"
#include "framework/run/speed/speed.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "build_information.hpp"
#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>

namespace {

using namespace steppe;

double core_seconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

const pipeline::TrainingNode& pgd_training(const pipeline::Plan& plan) {
  for (const auto& node : plan.trainings)
    if (node.attacks.size() == 1 && node.attacks[0].info->name == "pgd") return node;
  throw std::runtime_error{"no training of this file has the attack 'pgd'"};
}

double number(const pipeline::Stage& stage, const char* name) {
  const auto& value = stage.settings.find(name)->items.front();
  const auto* integer = std::get_if<std::int64_t>(&value);
  return integer ? static_cast<double>(*integer) : std::get<double>(value);
}

/// A network at its initial weights, and room to walk in.
class Bench {
 public:
  Bench(const pipeline::TrainingNode& node, const data::Dataset& data,
        const data::SplitFractions& splits)
      : node_{node},
        rows_{data::rows_of(data, data::Split::train, splits)},
        network_{node.graph, node.loss},
        at_{device_->flat(network_.weights()), device_->flat(network_.buffers())},
        loss_{network_, *queue_, batch_rows_},
        batch_{data, *queue_, batch_rows_},
        attacker_{node.attacks[0], data, network_, batch_rows_, surroundings(), {}},
        centre_{device_->matrix(batch_rows_, data.features().columns)},
        slope_{device_->matrix(batch_rows_, data.features().columns)} {
    network_.initialise(*queue_, {1, 0}, at_.weights, at_.buffers);
    if (!network_.needs_fit()) return;
    const auto fit = data::fit_standardisation(data, rows_, network_.needs_filled());
    network_.set_fitted(*queue_, at_.buffers, {fit.mean, fit.factor});
  }

  /// Seconds of one walk over batch `batch`.
  double by_plugin(std::size_t batch) {
    load(batch);
    const double begin = core_seconds();
    attacker_.move_events(loss_, at_, batch_, batch_.rows(), {sizeof(steppe_moment), 0, 1, 0, 0});
    return core_seconds() - begin;
  }

  double by_hand(std::size_t batch) {
    load(batch);
    const double begin = core_seconds();
    const auto x = batch_.features();
    queue_->copy(x, centre_);
    for (int step = 0; step < steps_; ++step) {
      loss_.forward(at_, x, batch_.labels(), STEPPE_LOSS, network::Mode::train_frozen);
      loss_.input_gradient(slope_);
      queue_->sign(slope_, slope_);
      queue_->axpy(alpha_, slope_, x);
      queue_->clamp_around(centre_, epsilon_, x);
    }
    return core_seconds() - begin;
  }

  std::vector<float> events() {
    const auto x = batch_.features();
    const compute::Mapped mapped{*queue_, x};
    std::vector<float> out;
    for (std::size_t r = 0; r < x.rows; ++r)
      out.insert(out.end(), mapped->row(r), mapped->row(r) + x.columns);
    return out;
  }

  std::size_t batches() const { return rows_.size() / batch_rows_; }
  std::string text() const {
    return fmt::format("{} steps on batches of {} events, {} columns", steps_, batch_rows_,
                       centre_.columns);
  }

 private:
  plugin::Surroundings surroundings() {
    plugin::Surroundings out;
    out.queue = queue_.get();
    return out;
  }
  void load(std::size_t batch) {
    batch_.load(std::span{rows_}.subspan(batch * batch_rows_, batch_rows_));
    loss_.set_events(batch_);
  }

  const pipeline::TrainingNode& node_;
  const std::size_t batch_rows_ = static_cast<std::size_t>(number(node_.trainer, "batch"));
  const int steps_ = static_cast<int>(number(node_.attacks[0], "steps"));
  const float alpha_ = static_cast<float>(number(node_.attacks[0], "alpha"));
  const float epsilon_ = static_cast<float>(number(node_.attacks[0], "epsilon"));
  std::shared_ptr<compute::Device> device_ = compute::open_device("cpu");
  std::unique_ptr<compute::Queue> queue_ = device_->queue();
  std::vector<std::uint32_t> rows_;
  network::Network network_;
  run::WeightPoint at_;
  run::BatchLoss loss_;
  data::Batch batch_;
  run::Attacker attacker_;
  compute::Tensor centre_, slope_;
};

int measure(const std::string& file, std::size_t rounds) {
  const auto checked = cli::check_pipeline({file, {}, {}});
  if (!checked.plan) return 2;
  const auto& node = pgd_training(*checked.plan);
  plugin::Surroundings quiet;
  quiet.seed = checked.plan->seed;
  const auto data = run::load_dataset(checked.plan->data[node.data], quiet);
  Bench bench{node, *data, checked.plan->splits};
  fmt::print("{}{}\n", benchmarks::build_information(STEPPE_BUILT), bench.text());
  bench.by_plugin(0);  // makes primitives and scratch
  const auto moved = bench.events();
  bench.by_hand(0);
  if (bench.events() != moved) throw std::runtime_error{"the two ways end in different bits"};

  std::vector<double> plugin, hand, ratios;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto batch = round % bench.batches();
    const bool first = round % 2 == 0;
    double by_plugin = first ? bench.by_plugin(batch) : 0;
    const double by_hand = bench.by_hand(batch);
    if (!first) by_plugin = bench.by_plugin(batch);
    plugin.push_back(1e6 * by_plugin);
    hand.push_back(1e6 * by_hand);
    ratios.push_back(by_plugin / by_hand);
  }
  for (const auto& [name, values, unit, digits] :
       {std::tuple{"through the plugin", plugin, "us", 1},
        std::tuple{"called directly", hand, "us", 1}, std::tuple{"ratio", ratios, "", 4}}) {
    const auto spread = run::spread_of(values);
    fmt::print("{:<20}{:>10.{}f} {:<3} middle half {:.{}f} - {:.{}f}\n", name, spread.median,
               digits, unit, spread.low, digits, spread.high, digits);
  }
  fmt::print("{} rounds, in turns; the same bits both ways\n", rounds);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const tbb::global_control one{tbb::global_control::max_allowed_parallelism, 1};
  try {
    return measure(count > 1 ? arguments[1] : "benchmarks/paper_network.toml",
                   count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 400);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
