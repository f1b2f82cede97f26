#include "framework/pipeline/rehearsal.hpp"

#include "framework/pipeline/comparison.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/plugin/results_bridge.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

using Names = std::vector<std::string>;

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void add(Names& names, const std::string& name) {
  if (!contains(names, name)) names.push_back(name);
}

/// Scores that any metric of such a target can work on: all classes, nothing perfect.
struct MadeUpScores {
  static constexpr std::size_t rows = 60;
  std::vector<float> logits, attacked, labels, weights = std::vector<float>(rows, 1.0F);
  std::vector<std::uint64_t> ids = std::vector<std::uint64_t>(rows);
  steppe_scores table;

  MadeUpScores(const network::Loss& loss, bool under_attack) {
    Stream random{1};
    std::iota(ids.begin(), ids.end(), 1U);
    for (std::size_t r = 0; r < rows; ++r) {
      labels.push_back(loss.classes > 0 ? static_cast<float>(r % loss.classes) : random.normal());
      for (std::size_t o = 0; o < loss.outputs; ++o) {
        logits.push_back(random.normal());
        attacked.push_back(random.normal());
      }
    }
    table = {.size = sizeof table,
             .rows = rows,
             .logits = logits.data(),
             .labels = labels.data(),
             .weights = weights.data(),
             .event_ids = ids.data(),
             .outputs = loss.outputs,
             .classes = loss.classes,
             .attacked_logits = under_attack ? attacked.data() : nullptr};
  }
  MadeUpScores(const MadeUpScores&) = delete;
  MadeUpScores& operator=(const MadeUpScores&) = delete;
};

/// What a metric made of made-up scores.
struct Tried {
  Names names;
  bool gave_anything = false;
  std::string refusal;  ///< its sentence; empty when it did not refuse
};

Tried try_on(const Stage& metric, const network::Loss& loss, bool under_attack) {
  Tried out;
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
  try {
    const MadeUpScores scores{loss, under_attack};
    const plugin::Instance instance{*metric.info, metric.settings, metric.name};
    plugin::StageHost host{metric.info->kind, metric.name, {}};
    plugin::ResultsBridge results{quantities, curves};
    const auto functions = instance.functions<steppe_metric>();
    host.finish(functions.measure(instance.get(), host.get(), &scores.table, results.get()));
  } catch (const plugin::PluginError& error) {
    out.refusal = error.what();
  }
  for (const auto& quantity : quantities) add(out.names, quantity.name);
  out.gave_anything = !quantities.empty() || !curves.empty();
  return out;
}

/// A metric on clean scores, and with those of an attack beside them.
struct Trial {
  Tried clean, attacked;
};

/// The words in `backticks` of the paragraph that begins with "Gives `".
Names declared_values(std::string_view text) {
  constexpr std::string_view opening = "Gives `";
  auto begin = text.find(opening);
  while (begin != std::string_view::npos && begin > 0 && text[begin - 1] != '\n')
    begin = text.find(opening, begin + 1);
  if (begin == std::string_view::npos) return {};
  const auto paragraph = text.substr(begin, text.find("\n\n", begin) - begin);
  Names out;
  for (auto tick = paragraph.find('`'); tick != std::string_view::npos;) {
    const auto end = paragraph.find('`', tick + 1);
    if (end == std::string_view::npos) break;
    add(out, std::string{paragraph.substr(tick + 1, end - tick - 1)});
    tick = paragraph.find('`', end + 1);
  }
  return out;
}

class Rehearsal {
 public:
  Rehearsal(Plan& plan, std::vector<Problem>& problems) : plan_{plan}, problems_{problems} {}

  ValueNames run() {
    out_.all_points = !plan_.scores.empty();
    for (const auto& node : plan_.sharpness) declare(node.stage);
    for (auto& node : plan_.scores) of_score_.push_back(score(node));
    for (const auto& names : of_score_)
      for (const auto& name : names) add(out_.points, name);
    for (const auto& metric : plan_.comparisons) compare(metric);
    return std::move(out_);
  }

 private:
  /// Classes that are measured by themselves have their name in front.
  void declare(const Stage& measure) {
    const auto declared = declared_values(measure.info->text);
    if (declared.empty()) return;
    auto& names = out_.stages[measure.name];
    const bool each = measure.wiring.text("classes") == "each";
    for (const auto& name : declared) {
      if (!each) add(names, name);
      if (each) add(names, "background." + name);
      if (each) add(names, "signal." + name);
    }
  }

  Names score(ScoreNode& node) {
    const auto& loss = plan_.trainings[node.training].loss;
    Names names;
    for (const auto& metric : node.metrics) {
      const auto& [clean, attacked] = trial(metric, loss);
      const auto& first = node.attack ? attacked : clean;
      for (const auto& name : first.names) add(names, name);
      if (!first.gave_anything) out_.all_points = false;
      if (!node.attack && !clean.refusal.empty() && attacked.refusal.empty())
        problems_.push_back({metric.position, clean.refusal});
      if (!first.refusal.empty() && !attacked.refusal.empty() && suits_another(metric, loss))
        problems_.push_back({metric.position, first.refusal});
      // One that cannot do without the attacked scores beside the clean ones compares them itself.
      if (!node.attack || (attacked.refusal.empty() && !clean.refusal.empty())) continue;
      node.again.push_back(metric.name);
      for (const auto& name : clean.names) add(names, name + under_attack);
    }
    return names;
  }

  /// Whether a metric that refuses such scores takes those of another target: then it is the target
  /// that it refuses, and not that scores are made up.
  bool suits_another(const Stage& metric, const network::Loss& refused) {
    constexpr std::array<std::size_t, 3> targets{0, 2, 3};  // classes; 0: a real value
    return std::ranges::any_of(targets, [&](std::size_t classes) {
      network::Loss other;
      other.classes = classes;
      other.outputs = classes > 2 ? classes : 1;
      return classes != refused.classes && trial(metric, other).attacked.refusal.empty();
    });
  }

  const Trial& trial(const Stage& metric, const network::Loss& loss) {
    const auto [at, is_new] = trials_.try_emplace(
        fmt::format("{} on {} classes, {} outputs", metric.key, loss.classes, loss.outputs));
    if (is_new) at->second = {try_on(metric, loss, false), try_on(metric, loss, true)};
    return at->second;
  }

  /// Several draws, for a number may be undefined by chance.
  void compare(const Stage& metric) {
    constexpr std::uint64_t draws = 8;
    Names names;
    std::string reason;
    bool has_number = false;
    try {
      for (std::uint64_t draw = 0; draw < draws; ++draw)
        for (const auto& place : pipeline::compare(metric, made_up_results(draw), {}))
          for (const auto& quantity : place.quantities) {
            add(names, quantity.name);
            has_number = has_number || quantity.undefined.empty();
            if (reason.empty()) reason = quantity.undefined;
          }
    } catch (const plugin::PluginError&) {
      return;  // of data that no study gives
    }
    if (names.empty()) return;
    if (!has_number && out_.all_points)
      problems_.push_back(
          {metric.position, message::no_number(metric.name, reason), Severity::note});
    out_.stages[metric.name] = std::move(names);
  }

  /// Every row of the plan with a number for every name, the same in all trials.
  StudyResults made_up_results(std::uint64_t draw) const {
    const auto trial = std::find(plan_.axes.begin(), plan_.axes.end(), "trial");
    const auto fill = [&](auto& row, const Names& names) {
      auto place = row.coordinates;
      if (trial != plan_.axes.end()) place.erase(place.begin() + (trial - plan_.axes.begin()));
      const auto where = fmt::format("{}", fmt::join(place, "\n"));
      for (const auto& name : names) {
        Stream random{stream_key(draw, where, name)};
        row.quantities.push_back({name, double{random.uniform()}, 0.0, ""});
      }
    };
    StudyResults out;
    out.axes = plan_.axes;
    for (const auto& row : plan_.rows) {
      const auto& node = plan_.scores[row.score];
      auto& made_up = out.rows.emplace_back();
      made_up.coordinates = row.coordinates;
      made_up.trained_on = domain_of(plan_.data[plan_.trainings[node.training].data]);
      made_up.tested_on = domain_of(plan_.data[node.data]);
      fill(made_up, of_score_[row.score]);
    }
    for (const auto& row : plan_.sharpness_rows) {
      auto& made_up = out.sharpness.emplace_back();
      made_up.measure = plan_.sharpness[row.node].stage.name;
      made_up.coordinates = row.coordinates;
      if (const auto declared = out_.stages.find(made_up.measure); declared != out_.stages.end())
        fill(made_up, declared->second);
    }
    return out;
  }

  Plan& plan_;
  std::vector<Problem>& problems_;
  ValueNames out_;
  std::vector<Names> of_score_;
  std::map<std::string, Trial> trials_;
};

}  // namespace

bool ValueNames::says(std::string_view stage, std::string_view name) const {
  const auto known = stages.find(stage);
  return known != stages.end() && contains(known->second, name);
}

bool ValueNames::has_point(std::string_view name) const { return contains(points, name); }

bool ValueNames::may_have(std::string_view stage, std::string_view name) const {
  const auto known = stages.find(stage);
  if (known == stages.end() || contains(known->second, name)) return true;
  const auto end = name.find_last_not_of("0123456789");
  return end != std::string_view::npos && end + 1 < name.size() && name[end] == '_' &&
         contains(known->second, fmt::format("{}2", name.substr(0, end + 1)));
}

std::vector<std::string> ValueNames::all() const {
  auto out = points;
  for (const auto& [stage, names] : stages)
    for (const auto& name : names) out.push_back(fmt::format("{}.{}", stage, name));
  return out;
}

ValueNames rehearse(Plan& plan, std::vector<Problem>& problems) {
  return Rehearsal{plan, problems}.run();
}

}  // namespace steppe::pipeline
