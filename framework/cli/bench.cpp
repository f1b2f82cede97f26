// steppe bench: how many events a second each training of a pipeline takes, and how much of what
// the processor can do that is.
#include "framework/cli/checked.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/profiling.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/study_outline.hpp"
#include "framework/compute/matmul.hpp"
#include "framework/run/speed/speed.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using pipeline::Plan;
using pipeline::TrainingNode;
using run::Spread;
using run::TrainingSpeed;

class Notes final : public run::Observer {
 public:
  void note(const std::string& sentence) override { say(stderr, "note: {}", sentence); }
};

/// "sam", "fgsm+sam", "none"
std::string attacks_of(const TrainingNode& node) {
  const auto names = stage_names(node.attacks);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, "+"));
}

double per_step(std::uint64_t count, const TrainingSpeed& speed) {
  return static_cast<double>(count) / static_cast<double>(speed.sum.steps);
}

double cores(const TrainingSpeed& speed) { return speed.sum.core_seconds / speed.sum.seconds; }

/// The rate of a training whose attacks have not begun yet is that of clean training.
void note_idle_attacks(const Plan& plan, const run::StudySpeed& speeds) {
  for (std::size_t t = 0; t < plan.trainings.size(); ++t) {
    const auto& done = speeds.trainings[t].sum;
    if (plan.trainings[t].attacks.empty() || done.work.forward > done.steps) continue;
    say(stderr,
        "note: {}: its attacks asked for no pass in these steps; if they use gradients, let the "
        "trainer begin with them at once (--set)",
        speeds.names[t]);
  }
}

Json spread_json(const Spread& spread) {
  return {{"median", spread.median}, {"low", spread.low}, {"high", spread.high}};
}

Json training_json(const Plan& plan, const StudyOutline& outline, std::size_t t,
                   const TrainingSpeed& speed) {
  const auto& node = plan.trainings[t];
  Json place = Json::object();
  for (const auto& [axis, values] : outline.trainings[t]) place[axis] = values;
  return {{"attack", attacks_of(node)},
          {"precision", compute::name_of(node.precision.update)},
          {"samples_per_second", speed.samples_per_second.median},
          {"share_of_peak", speed.share_of_peak.median},
          {"samples_per_core_second", speed.samples_per_core_second.median},
          {"name", node.trainer.name},
          {"place", place},
          {"spread",
           {{"samples_per_second", spread_json(speed.samples_per_second)},
            {"samples_per_core_second", spread_json(speed.samples_per_core_second)},
            {"share_of_peak", spread_json(speed.share_of_peak)},
            {"peak_gflops", spread_json(speed.peak_gflops)}}},
          {"steps", speed.sum.steps},
          {"batch", per_step(speed.sum.events, speed)},
          {"seconds", speed.sum.seconds},
          {"cores", cores(speed)},
          {"forward_passes_per_step", per_step(speed.sum.work.forward, speed)},
          {"backward_passes_per_step", per_step(speed.sum.work.backward, speed)},
          {"flops_per_sample",
           static_cast<double>(speed.sum.work.flops) / static_cast<double>(speed.sum.events)},
          {"peak_gflops", speed.peak_gflops.median},
          {"isa", compute::matmul_library().instruction_set},
          {"attack_precision", compute::name_of(node.precision.attack)}};
}

Json speeds_json(const Plan& plan, const run::StudySpeed& speeds, const BenchOptions& options) {
  const auto outline = outline_of(plan);
  Json trainings = Json::array();
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    trainings.push_back(training_json(plan, outline, t, speeds.trainings[t]));
  return {{"trainings", trainings},  {"pipeline", plan.name},
          {"device", plan.device},   {"threads", options.threads},
          {"rounds", speeds.rounds}, {"oneDNN", compute::matmul_library().version}};
}

std::string speeds_text(const Plan& plan, const run::StudySpeed& speeds,
                        const BenchOptions& options) {
  std::size_t name = 0, attack = std::string_view{"attack"}.size();
  for (std::size_t t = 0; t < plan.trainings.size(); ++t) {
    name = std::max(name, speeds.names[t].size());
    attack = std::max(attack, attacks_of(plan.trainings[t]).size());
  }
  auto out =
      fmt::format("{:<{}}  {:<{}}  {:>9}  {:>17}  {:>13}  {:>13}\n", "training", name, "attack",
                  attack, "samples/s", "middle half", "share of peak", "passes a step");
  for (std::size_t t = 0; t < plan.trainings.size(); ++t) {
    const auto& speed = speeds.trainings[t];
    const auto& rate = speed.samples_per_second;
    out += fmt::format("{:<{}}  {:<{}}  {:>9.0f}  {:>17}  {:>11.1f} %  {:>13}\n", speeds.names[t],
                       name, attacks_of(plan.trainings[t]), attack, rate.median,
                       fmt::format("{:.0f} - {:.0f}", rate.low, rate.high),
                       100 * speed.share_of_peak.median,
                       fmt::format("{:.4g} + {:.4g}", per_step(speed.sum.work.forward, speed),
                                   per_step(speed.sum.work.backward, speed)));
  }
  std::vector<double> peaks, busy;
  for (const auto& speed : speeds.trainings) {
    peaks.push_back(speed.peak_gflops.median);
    busy.push_back(cores(speed));
  }
  out += fmt::format(
      "\n{} of each in {}; {} a training, which had {:.2f} cores; one core does up to {:.1f} "
      "Gflop/s (f32, {})\npasses: forward + backward\n",
      counted(speeds.trainings.front().sum.steps, "step"), counted(speeds.rounds, "round"),
      counted(static_cast<std::size_t>(options.threads), "thread"), run::spread_of(busy).median,
      run::spread_of(peaks).median, compute::matmul_library().instruction_set);
  return out;
}

}  // namespace

int bench(const BenchOptions& options) {
  const auto checked = check_pipeline(options.pipeline);
  if (!checked.plan) return bad_input;
  const auto& plan = *checked.plan;
  if (plan.trainings.empty()) {
    say(stderr, "error: '{}' trains nothing; add a [trainer.NAME]", plan.name);
    return bad_input;
  }
  Notes notes;
  Profiling profiling{options.profile};
  const auto begin = std::chrono::steady_clock::now();
  const auto speeds =
      run::measure_speed(plan, {options.steps, options.threads, profiling.profile()}, notes);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  profiling.finish(plan, took.count(), options.threads);
  note_idle_attacks(plan, speeds);
  if (options.json) {
    auto out = speeds_json(plan, speeds, options);
    if (options.profile) out["profile"] = profiling.json();
    print(out);
    return success;
  }
  show(stdout, "{}", speeds_text(plan, speeds, options));
  if (options.profile) show(stdout, "\n{}", profiling.text(width_of(stdout)));
  return success;
}

}  // namespace steppe::cli
