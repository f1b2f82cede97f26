// Data sets: a reader is one; a transform makes one of each of its inputs, `features.pythia` of
// `pythia`. The last component is the branch, which goes through any number of transforms.
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/resolve.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

DataNode read_by(Stage reader) {
  DataNode out;
  out.name = out.branch = reader.name;
  out.key = reader.key;
  out.reader = std::move(reader);
  return out;
}

DataNode transformed(const DataNode& input, const Stage& transform) {
  DataNode out = input;
  out.name = transform.name + "." + input.branch;
  out.key = fmt::format("{} -> {}", input.key, transform.key);
  out.transforms.push_back(transform);
  return out;
}

}  // namespace

std::optional<DataNode> Resolver::data(const Reference& reference) {
  auto found = find_data(reference);
  if (!found || !found->good) return std::nullopt;
  return std::move(found->node);
}

std::optional<Resolver::DataSet> Resolver::find_data(const Reference& reference) {
  const auto dot = reference.name.find('.');
  const auto head = reference.name.substr(0, dot);
  const auto branch = dot == std::string::npos ? "" : reference.name.substr(dot + 1);
  if (const auto* transform = outline_.find("transform", head))
    return find_branch(*transform, branch, reference);
  if (dot == std::string::npos) {
    if (const auto* heading = outline_.find("reader", head)) {
      const auto& reader = at(*heading);
      return DataSet{read_by(reader.stage), reader.good};
    }
    if (catalogue_.find("reader", head)) {
      auto reader = stage("reader", reference);
      return reader ? std::optional{DataSet{read_by(std::move(*reader))}} : std::nullopt;
    }
  }
  if (dot != std::string::npos)
    say(reference.position, message::no_transform(reference.name, head, data_names()));
  else
    say(reference.position, message::unknown_reference("dataset", reference.name, data_names(),
                                                       outline_.kind_of(reference.name)));
  return std::nullopt;
}

std::optional<Resolver::DataSet> Resolver::find_branch(const Heading& transform,
                                                       std::string_view branch,
                                                       const Reference& reference) {
  if (const auto begin = std::find(trail_.begin(), trail_.end(), transform.name);
      begin != trail_.end()) {
    std::vector<std::string> circle{begin, trail_.end()};
    circle.push_back(transform.name);
    say(reference.position, message::circle_of_data(circle));
    return std::nullopt;
  }
  const auto& all = branches(transform);
  if (branch.empty() && all.known && all.sets.size() > 1) {
    std::vector<std::string> names;
    for (const auto& set : all.sets) names.push_back(set.node.name);
    say(reference.position, message::several_data_sets(transform.name, names));
    return std::nullopt;
  }
  for (const auto& set : all.sets)
    if (branch.empty() || set.node.branch == branch) return set;
  if (all.known)
    say(reference.position, message::unknown_reference("dataset", reference.name, data_names(),
                                                       outline_.kind_of(reference.name)));
  return std::nullopt;
}

const Resolver::Branches& Resolver::branches(const Heading& transform) {
  if (const auto done = branches_.find(transform.name); done != branches_.end())
    return done->second;
  const auto owner = owner_of(transform);
  const auto& checked = at(transform);
  Branches out;
  const auto inputs = references(owner, checked.stage.wiring, "input");
  if (inputs.empty()) {
    out.known = false;
    if (checked.stage.wiring.find("input"))
      say(transform.table->find("input")->node.position,
          message::empty_list(owner.prefix + ".input"));
  }
  trail_.push_back(transform.name);
  std::map<std::string, std::string> named;  // branch -> input
  for (const auto& input : inputs) {
    const auto from = find_data(input);
    if (!from) {
      out.known = false;
      continue;
    }
    const auto& branch = from->node.branch;
    if (const auto [first, is_new] = named.emplace(branch, input.name); !is_new)
      say(input.position, message::same_branch(owner.title, first->second, input.name, branch));
    out.sets.push_back({transformed(from->node, checked.stage), from->good && checked.good});
  }
  trail_.pop_back();
  return branches_[transform.name] = std::move(out);
}

std::vector<std::string> Resolver::data_names() const {
  auto out = outline_.names("reader");
  for (const auto& [name, branches] : branches_) {
    if (branches.known && branches.sets.size() == 1) out.push_back(name);
    for (const auto& set : branches.sets) out.push_back(set.node.name);
  }
  // Plugins that could be one without a heading are of help only where there is no heading.
  return out.empty() ? catalogue_.names("reader") : out;
}

}  // namespace steppe::pipeline
