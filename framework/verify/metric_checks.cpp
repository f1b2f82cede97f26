#include "framework/verify/metric_checks.hpp"

#include "framework/data/quantity.hpp"
#include "framework/plugin/host.hpp"
#include "framework/plugin/results_bridge.hpp"
#include "framework/verify/bench.hpp"
#include "framework/verify/checks.hpp"

#include <steppe/random.hpp>

#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

struct ScoreSet {
  const char* name;
  std::size_t classes, outputs;
  std::vector<float> logits, labels, weights, attacked;
};

constexpr std::size_t rows = 60;

ScoreSet drawn(const char* name, std::size_t classes) {
  ScoreSet out{name, classes, classes > 2 ? classes : 1, {}, {}, {}, {}};
  Stream random{41};
  for (std::size_t r = 0; r < rows; ++r) {
    out.labels.push_back(classes > 0 ? static_cast<float>(r % classes) : random.normal());
    out.weights.push_back(1.0F);
    for (std::size_t o = 0; o < out.outputs; ++o)
      out.logits.push_back(random.normal() + (classes == 2 ? out.labels.back() : 0.0F));
  }
  return out;
}

std::vector<ScoreSet> score_sets() {
  std::vector<ScoreSet> out;
  for (const std::size_t classes : {2U, 3U, 0U}) {
    out.push_back(drawn(classes == 2   ? "two classes"
                        : classes == 3 ? "three classes"
                                       : "a real target",
                        classes));
    auto weighted = out.back();
    weighted.name = "weights, some of them negative";
    for (std::size_t r = 0; r < rows; ++r)
      weighted.weights[r] = r % 10 == 9 ? -0.5F : 0.25F + 0.01F * static_cast<float>(r);
    out.push_back(weighted);
    auto level = drawn("the same logit everywhere", classes);
    level.logits.assign(level.logits.size(), 0.5F);
    out.push_back(level);
  }
  auto attacked = drawn("attacked events", 2);
  for (const float logit : attacked.logits) attacked.attacked.push_back(0.5F - logit);
  out.push_back(attacked);
  auto one_class = drawn("no background", 2);
  one_class.labels.assign(rows, 1.0F);
  out.push_back(one_class);
  return out;
}

struct Measured {
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
};

/// @throws PluginError where the metric refuses.
Measured measure(const plugin::Instance& metric, const ScoreSet& set) {
  std::vector<std::uint64_t> ids(rows);
  std::iota(ids.begin(), ids.end(), 1U);
  const steppe_scores scores{
      .size = sizeof(steppe_scores),
      .rows = rows,
      .logits = set.logits.data(),
      .labels = set.labels.data(),
      .weights = set.weights.data(),
      .event_ids = ids.data(),
      .outputs = set.outputs,
      .classes = set.classes,
      .attacked_logits = set.attacked.empty() ? nullptr : set.attacked.data()};
  Measured out;
  plugin::ResultsBridge results{out.quantities, out.curves};
  plugin::StageHost host{metric.info().kind, metric.name(), {}};
  host.finish(
      metric.functions<steppe_metric>().measure(metric.get(), host.get(), &scores, results.get()));
  return out;
}

std::string fault_of(const Measured& measured) {
  if (measured.quantities.empty() && measured.curves.empty()) return "it gives nothing";
  for (const auto& q : measured.quantities)
    if (q.undefined.empty() && (!std::isfinite(q.value) || std::isinf(q.uncertainty)))
      return fmt::format(
          "'{}' is {} +- {}; say results.undefined(name, reason) where there is no "
          "number",
          q.name, q.value, q.uncertainty);
  for (const auto& curve : measured.curves)
    for (std::size_t i = 0; i < curve.y.size(); ++i)
      if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i]))
        return fmt::format("the curve '{}' is not finite at point {}", curve.name, i);
  return "";
}

bool same(const Measured& a, const Measured& b) {
  return std::ranges::equal(a.quantities, b.quantities, [](const auto& p, const auto& q) {
    return p.name == q.name && p.undefined == q.undefined &&
           (p.value == q.value || !p.undefined.empty());
  });
}

}  // namespace

std::string fault_of_numbers(const plugin::Instance& metric) {
  std::optional<std::string> refusal;
  bool measured = false;
  for (const auto& set : score_sets()) {
    try {
      const auto once = measure(metric, set);
      measured = true;
      if (const auto fault = fault_of(once); !fault.empty())
        return fmt::format("on {}: {}", set.name, fault);
      if (!same(once, measure(metric, set)))
        return fmt::format("on {}: the second time it gives other numbers", set.name);
    } catch (const plugin::PluginError& error) {
      if (!refusal) refusal = error.what();
    }
  }
  return measured ? "" : fmt::format("it refuses all scores: {}", refusal.value_or(""));
}

std::vector<Check> metric_checks(const Subject& subject) {
  auto sets = subject.sets("metric.it");
  sets.emplace_back("evaluate.metrics=[\"it\"]");
  return {{subject.title(), "gives finite numbers, or says why not, and the same twice",
           [sets, &catalogue = subject.catalogue, &stage = subject.stage] {
             if (!plugin::functions_of<steppe_metric>(stage).measure)
               throw LeftOut{"it compares the points of a study; run it in a pipeline"};
             const auto plan =
                 tiny_plan(catalogue, fmt::format("[metric.it]\nuse = \"{}\"\n", stage.name), sets);
             return fault_of_numbers({stage, plan.scores.at(0).metrics.at(0).settings, "it"});
           }}};
}

}  // namespace steppe::verify
