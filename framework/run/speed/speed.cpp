#include "framework/run/speed/speed.hpp"

#include "framework/compute/profiled_device.hpp"
#include "framework/pipeline/node_names.hpp"
#include "framework/run/events/dataset.hpp"
#include "framework/run/memory.hpp"
#include "framework/run/train/training.hpp"

#include <algorithm>
#include <deque>
#include <memory>

#include <oneapi/tbb/task_arena.h>

namespace steppe::run {

namespace {

constexpr std::uint64_t most_rounds = 10;

plugin::Surroundings surroundings(const pipeline::Plan& plan, Observer& observer) {
  plugin::Surroundings out;
  out.seed = plan.seed;
  out.log = [&observer](steppe_log_level, const std::string& text) { observer.note(text); };
  return out;
}

using DataSets = std::vector<std::shared_ptr<const data::Dataset>>;

/// Those that something learns from.
DataSets load(const pipeline::Plan& plan, Observer& observer) {
  DataSets out(plan.data.size());
  for (const auto& training : plan.trainings) {
    auto& data = out[training.data];
    if (!data)
      data = load_dataset(plan.data[training.data], surroundings(plan, observer),
                          {.keeping = {data_in_memory(0), {}}});
  }
  return out;
}

Stretch sum_of(const std::vector<Stretch>& rounds) {
  Stretch sum;
  for (const auto& round : rounds) {
    sum.steps += round.steps;
    sum.events += round.events;
    sum.work.forward += round.work.forward;
    sum.work.backward += round.work.backward;
    sum.work.flops += round.work.flops;
    sum.seconds += round.seconds;
    sum.core_seconds += round.core_seconds;
  }
  return sum;
}

TrainingSpeed speed_of(const std::vector<Stretch>& rounds, int threads) {
  const auto over_rounds = [&](const auto& value) {
    std::vector<double> values;
    for (const auto& round : rounds) values.push_back(value(round));
    return spread_of(std::move(values));
  };
  TrainingSpeed out;
  out.sum = sum_of(rounds);
  out.samples_per_second =
      over_rounds([](const Stretch& r) { return static_cast<double>(r.events) / r.seconds; });
  out.samples_per_core_second =
      over_rounds([](const Stretch& r) { return static_cast<double>(r.events) / r.core_seconds; });
  out.share_of_peak = over_rounds([&](const Stretch& r) {
    return static_cast<double>(r.work.flops) / r.seconds / (1e9 * r.peak_gflops * threads);
  });
  out.peak_gflops = over_rounds([](const Stretch& r) { return r.peak_gflops; });
  return out;
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto middle = values.size() / 2, quarter = values.size() / 4;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values[quarter], values[values.size() - 1 - quarter]};
}

StudySpeed measure_speed(const pipeline::Plan& plan, const SpeedOptions& options,
                         Observer& observer) {
  const auto data = load(plan, observer);
  const auto device = compute::profiled(compute::open_device(plan.device), options.profile);
  auto in_training = surroundings(plan, observer);
  in_training.profile = options.profile;
  const auto train_at = [&](const pipeline::TrainingNode& node, Pace& pace) {
    tbb::task_arena arena{options.threads};
    arena.execute(
        [&] { train(node, *data[node.data], plan.splits, device, in_training, nullptr, &pace); });
  };
  std::deque<Lane> lanes;
  for (const auto& node : plan.trainings)
    lanes.emplace_back([&train_at, &node](Pace& pace) { train_at(node, pace); });

  StudySpeed out;
  out.rounds = std::min(options.steps, most_rounds);
  out.names = pipeline::node_names(plan).trainings;
  const auto steps_in = [&](std::uint64_t round) {
    return options.steps * (round + 1) / out.rounds - options.steps * round / out.rounds;
  };
  std::vector<std::vector<Stretch>> stretches(lanes.size());
  for (auto& lane : lanes) lane.go(steps_in(out.rounds - 1));
  for (std::uint64_t round = 0; round < out.rounds; ++round)
    for (std::size_t t = 0; t < lanes.size(); ++t)
      stretches[t].push_back(lanes[t].go(steps_in(round)));
  for (const auto& rounds : stretches) out.trainings.push_back(speed_of(rounds, options.threads));
  return out;
}

}  // namespace steppe::run
