// [distribution.<name>]: histograms of columns of data sets, compared with those of the first.
//
// It belongs to no point of the matrix. Where its data sets are the same at all points there is one
// node; where an axis decides about them there are several, each with its place on that axis.
#include "framework/pipeline/distributions.hpp"

#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/move_rules.hpp"
#include "framework/pipeline/point.hpp"
#include "framework/pipeline/tables.hpp"

#include <steppe/pattern.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace steppe::pipeline {

namespace {

/// More than anybody looks at: most likely a pattern that is too wide.
constexpr std::size_t most_columns = 50;

Owner owner_of_distribution(const Entry& heading) {
  return {fmt::format("distribution '{}'", heading.key), heading.key, heading.key_position,
          *heading.node.table()};
}

std::vector<Position> positions(const std::vector<Reference>& list) {
  std::vector<Position> out;
  for (const auto& one : list) out.push_back(one.position);
  return out;
}

std::vector<double> reals(const plugin::Settings& settings, std::string_view name) {
  std::vector<double> out;
  for (const auto& item : settings.find(name)->items) out.push_back(std::get<double>(item));
  return out;
}

/// Everything but what an event is or weighs.
bool is_shown(const Column& column) {
  return column.role != Role::target && column.role != Role::weight;
}

class ColumnFinder {
 public:
  ColumnFinder(Draft& draft, std::vector<Problem>& problems) : draft_{draft}, problems_{problems} {}

  void find(DistributionNode& node, const DistributionPlaces& places) {
    const auto& first = draft_.plan.data[node.data.front()];
    check_patterns(node, first, places);
    for (const auto& column : first.columns.items) {
      if (!is_shown(column) || !any_matches(places.patterns, column.name)) continue;
      node.columns.push_back(column.name);
      for (std::size_t i = 0; i < node.data.size(); ++i)
        ask_for(column, draft_.plan.data[node.data[i]], first.name, places.of[i]);
    }
    if (node.columns.size() > most_columns)
      say(places.columns.front(),
          message::too_many_columns(node.name + ".columns", node.columns.size(), most_columns));
  }

 private:
  void check_patterns(const DistributionNode& node, const DataNode& first,
                      const DistributionPlaces& places) {
    std::vector<std::string> names;
    for (const auto& column : first.columns.items)
      if (is_shown(column)) names.push_back(column.name);
    for (std::size_t i = 0; i < places.patterns.size(); ++i) {
      const auto& pattern = places.patterns[i];
      const auto covers = [&](const std::string& name) { return matches(pattern, name); };
      if (!names.empty() && std::none_of(names.begin(), names.end(), covers))
        say(places.columns[i], message::idle_pattern(node.name + ".columns", pattern,
                                                     fmt::format("column of '{}'", first.name),
                                                     names, patterns_over(names)));
    }
  }

  void ask_for(const Column& column, DataNode& data, const std::string& first,
               const Position& named) {
    const auto found = data.columns.find(column.name);
    if (!found || !is_shown(data.columns.items[*found]))
      return say(named, message::missing_column(data.name, column.name, first));
    const auto& own = data.columns.items[*found];
    if (own.unit != column.unit) say(named, message::other_unit(column, first, own, data.name));
    if (own.role == Role::side && std::ranges::count(data.kept, own.name) == 0)
      data.kept.push_back(own.name);
  }

  void say(const Position& at, std::string sentence) {
    problems_.push_back({at, std::move(sentence)});
  }

  Draft& draft_;
  std::vector<Problem>& problems_;
};

/// The values of one axis at some points, in the order of first appearance.
std::vector<std::string> values_on(std::size_t axis,
                                   const std::vector<std::vector<std::string>>& points) {
  std::vector<std::string> out;
  for (const auto& point : points)
    if (std::ranges::count(out, point[axis]) == 0) out.push_back(point[axis]);
  return out;
}

/// Tells nodes of one heading apart: by the axes on which one of them is not everywhere.
void place(Draft& draft) {
  std::map<std::string, std::vector<std::vector<std::string>>> all;
  auto& nodes = draft.plan.distributions;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& points = all[nodes[i].name];
    points.insert(points.end(), draft.shown_at[i].points.begin(), draft.shown_at[i].points.end());
  }
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (std::size_t axis = 0; axis + 1 < draft.plan.axes.size(); ++axis) {
      const auto own = values_on(axis, draft.shown_at[i].points);
      if (own.size() < values_on(axis, all[nodes[i].name]).size())
        nodes[i].coordinates.emplace_back(draft.plan.axes[axis],
                                          fmt::format("{}", fmt::join(own, "|")));
    }
}

}  // namespace

void PointPlanner::distribution(const Entry& heading, const Coordinates& coordinates) {
  const auto owner = owner_of_distribution(heading);
  const auto parameters = distribution_parameters();
  const bool keys = checker_.keys(owner, names_of(parameters));
  auto [settings, good] = checker_.settings(owner, parameters);
  const auto refuse = [&](std::string_view key, std::string sentence) {
    const auto* written = owner.table.find(key);
    problems_.push_back({written ? written->node.position : owner.position, std::move(sentence)});
    good = false;
  };
  for (const auto* list : {"of", "columns"})
    if (const auto* setting = settings.find(list); setting && setting->items.empty())
      refuse(list, message::empty_list(fmt::format("{}.{}", owner.prefix, list)));
  const auto range = settings.find("range") ? reals(settings, "range") : std::vector<double>{};
  if (!range.empty() && (range.size() != 2 || !(range[0] < range[1])))
    refuse("range", message::bad_range(owner.prefix + ".range"));
  const auto split = settings.find("split") ? settings.text("split") : "all";
  if (data::fraction_of(data::split_named(split), draft_.plan.splits) == 0)
    refuse("split", message::empty_split(split));

  const auto of = references(owner, settings, "of");
  std::vector<DataNode> data;
  for (const auto& named : of) {
    auto found = resolver_.data(named);
    if (found && std::any_of(data.begin(), data.end(),
                             [&](const DataNode& other) { return other.name == found->name; })) {
      problems_.push_back({named.position, message::named_twice(owner.prefix + ".of", named.name)});
      good = false;
    } else if (found) {
      data.push_back(std::move(*found));
    }
  }
  if (!keys || !good || data.size() < of.size()) return;
  DistributionNode node{heading.key, {}, {}, split, 0, range, {}};
  node.bins =
      static_cast<std::size_t>(std::get<std::int64_t>(settings.find("bins")->items.front()));
  for (auto& one : data) node.data.push_back(draft_.add(std::move(one)));
  draft_.add(std::move(node), {positions(of),
                               positions(references(owner, settings, "columns")),
                               settings.texts("columns"),
                               {coordinates}});
}

void check_distributions(Draft& draft, const std::vector<bool>& known,
                         std::vector<Problem>& problems) {
  place(draft);
  ColumnFinder finder{draft, problems};
  for (std::size_t i = 0; i < draft.plan.distributions.size(); ++i) {
    auto& node = draft.plan.distributions[i];
    if (std::all_of(node.data.begin(), node.data.end(), [&](auto data) { return known[data]; }))
      finder.find(node, draft.shown_at[i]);
  }
}

}  // namespace steppe::pipeline
