// steppe why: whether nodes of a study are in the store, and if not, all that is not as it was.
#include "framework/cli/build_id.hpp"
#include "framework/cli/checked.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/node_changes.hpp"
#include "framework/cli/node_match.hpp"
#include "framework/cli/say.hpp"
#include "framework/store/store.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using Nodes = std::vector<StudyNode>;

constexpr auto nothing_made = "nothing of its kind was made";
constexpr auto other_types = "it was made of values of other types";

/// Nodes that are to be done for the same reason.
struct Reason {
  std::vector<NodeChange> changes;
  std::string words;  ///< where there are no changes
  std::vector<std::string> nodes;
};

std::string reason_words(const StudyNode& node, const std::vector<NodeChange>& changes) {
  if (!node.state->nearest) return nothing_made;
  return changes.empty() ? other_types : "";
}

bool same_changes(const std::vector<NodeChange>& a, const std::vector<NodeChange>& b) {
  return std::ranges::equal(a, b, [](const NodeChange& one, const NodeChange& other) {
    return one.change.field == other.change.field && one.change.now == other.change.now &&
           one.change.was == other.change.was;
  });
}

/// In the order of their first nodes.
std::vector<Reason> reasons_of(const Nodes& nodes, const pipeline::Document& document) {
  std::vector<Reason> out;
  for (const auto& node : nodes) {
    if (node.state->done) continue;
    auto changes = changes_of(node, document);
    auto words = reason_words(node, changes);
    auto same = std::ranges::find_if(out, [&](const Reason& other) {
      return other.words == words && same_changes(other.changes, changes);
    });
    if (same == out.end()) same = out.insert(out.end(), {std::move(changes), std::move(words), {}});
    same->nodes.push_back(node.name);
  }
  return out;
}

void print_reasons(const Nodes& nodes, const std::vector<Reason>& reasons) {
  std::size_t missing = 0;
  for (const auto& reason : reasons) missing += reason.nodes.size();
  show(stdout, "{} of {} to be done\n", missing, counted(nodes.size(), "node"));
  for (const auto& reason : reasons) {
    show(stdout, "\n{}",
         reason.changes.empty() ? reason.words + "\n" : changes_text(reason.changes));
    for (const auto& name : reason.nodes) say(stdout, "  {}", name);
  }
}

Json reasons_json(const Nodes& nodes, const std::vector<Reason>& reasons) {
  Json out = {{"nodes", nodes.size()},
              {"done", std::ranges::count_if(
                           nodes, [](const StudyNode& node) { return node.state->done; })},
              {"reasons", Json::array()}};
  for (const auto& reason : reasons)
    out["reasons"].push_back({{"nodes", reason.nodes},
                              {"words", reason.words},
                              {"changes", changes_json(reason.changes)}});
  return out;
}

void print_node(const StudyNode& node, const std::vector<NodeChange>& changes) {
  if (node.state->done)
    return say(stdout, "{} is in the store: {}", node.name, node.state->key.hex());
  say(stdout, "{} is not in the store{}", node.name,
      node.state->begun ? "; it was begun, and goes on from its checkpoint" : "");
  const auto& nearest = node.state->nearest;
  if (nearest) say(stdout, "the nearest there is {}: {}", nearest->name, nearest->key.hex());
  show(stdout, "\n{}",
       changes.empty() ? reason_words(node, changes) + "\n" : changes_text(changes));
}

Json node_json(const StudyNode& node, const std::vector<NodeChange>& changes) {
  const auto& nearest = node.state->nearest;
  return {{"node", node.name},
          {"kind", node.kind},
          {"key", node.state->key.hex()},
          {"done", node.state->done},
          {"begun", node.state->begun},
          {"nearest",
           nearest ? Json{{"node", nearest->name}, {"key", nearest->key.hex()}} : Json(nullptr)},
          {"changes", changes_json(changes)}};
}

/// The one node that is meant; nullptr, and a sentence, where it is not one.
const StudyNode* find_node(const Nodes& nodes, const std::string& wanted) {
  std::vector<std::string> names, in_plan;
  for (const auto& node : nodes) {
    names.push_back(node.name);
    in_plan.push_back(node.plan);
  }
  auto found = nodes_like(names, wanted);
  if (found.empty()) found = nodes_like(in_plan, wanted);
  if (found.size() == 1) return &nodes[found.front()];
  if (found.empty()) {
    say(stderr, "{}", no_such_node(names, wanted));
    return nullptr;
  }
  say(stderr, "{} nodes have '{}' in their names; name one of them:", found.size(), wanted);
  for (const auto n : found) say(stderr, "  {}", names[n]);
  return nullptr;
}

}  // namespace

int why(const WhyOptions& options) {
  const auto checked = check_pipeline(options.pipeline);
  if (!checked.plan) return bad_input;
  if (!std::filesystem::exists(options.store)) {
    say(stderr, "there is no store '{}'; --store names another", options.store.string());
    return bad_input;
  }
  store::Store store{options.store};
  const auto state =
      run::state_of(*checked.plan, computing(checked.catalogue), store, run::Depth::changes);
  const auto nodes = nodes_of(*checked.plan, state);
  if (options.node.empty()) {
    const auto reasons = reasons_of(nodes, checked.document);
    options.json ? print(reasons_json(nodes, reasons)) : print_reasons(nodes, reasons);
    return success;
  }
  const auto* node = find_node(nodes, options.node);
  if (!node) return bad_input;
  const auto changes = changes_of(*node, checked.document);
  options.json ? print(node_json(*node, changes)) : print_node(*node, changes);
  return success;
}

}  // namespace steppe::cli
