#include "framework/cli/used_stages.hpp"

#include "framework/plugin/kinds.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace steppe::cli {

namespace {

Json value_json(const plugin::Scalar& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

Json settings_json(const plugin::Settings& settings) {
  Json out = Json::object();
  for (const auto& setting : settings.items) {
    Json items = Json::array();
    for (const auto& item : setting.items) items.push_back(value_json(item));
    out[setting.name] = setting.is_array || items.size() != 1 ? items : items.front();
  }
  return out;
}

}  // namespace

std::vector<const pipeline::Stage*> used_stages(const pipeline::Plan& plan) {
  std::vector<const pipeline::Stage*> out;
  std::set<std::string> known;
  const auto use = [&](const pipeline::Stage& stage) {
    if (known.insert(stage.key).second) out.push_back(&stage);
  };
  const auto use_attack = [&](const pipeline::Stage& attack) {
    use(attack);
    for (const auto& projector : attack.projectors) use(projector);
  };
  for (const auto& node : plan.data) {
    use(node.reader);
    for (const auto& transform : node.transforms) use(transform);
  }
  for (const auto& node : plan.trainings) {
    for (const auto* stage : {&node.model, &node.optimizer, &node.trainer}) use(*stage);
    for (const auto& attack : node.attacks) use_attack(attack);
  }
  for (const auto& node : plan.scores) {
    if (node.attack) use_attack(*node.attack);
    for (const auto& metric : node.metrics) use(metric);
  }
  for (const auto& node : plan.sharpness) use(node.stage);
  for (const auto& metric : plan.comparisons) use(metric);
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) {
    return plugin::find_kind(a->info->kind) < plugin::find_kind(b->info->kind);
  });
  return out;
}

Json stages_json(const pipeline::Plan& plan) {
  Json out = Json::array();
  for (const auto* stage : used_stages(plan))
    out.push_back({{"kind", stage->info->kind},
                   {"name", stage->name},
                   {"use", stage->info->name},
                   {"settings", settings_json(stage->settings)},
                   {"wiring", settings_json(stage->wiring)}});
  return out;
}

}  // namespace steppe::cli
