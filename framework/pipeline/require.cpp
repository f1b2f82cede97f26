#include "framework/pipeline/require.hpp"

#include "framework/pipeline/check.hpp"
#include "framework/pipeline/gate.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/tables.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace steppe::pipeline {

namespace {

using Coordinates = std::vector<std::string>;

class RequirementReader {
 public:
  RequirementReader(const Outline& outline, const Scope& values, const Plan& plan,
                    const ValueNames& names, bool rows_known, std::vector<Problem>& problems)
      : outline_{outline},
        checker_{values, problems},
        values_{values},
        plan_{plan},
        names_{names},
        rows_known_{rows_known},
        problems_{problems} {}

  std::optional<Requirement> read(const Node& node) {
    if (!node.table()) {
      problems_.push_back({node.position, message::not_a_table("[require]")});
      return std::nullopt;
    }
    const auto parameters = require_parameters();
    const Owner owner{"[[require]]", "require", node.position, *node.table()};
    const bool keys = checker_.keys(owner, names_of(parameters));
    const auto checked = checker_.settings(owner, parameters);
    if (!keys || !checked.good) return std::nullopt;
    const auto& written = node.table()->find("that")->node;
    return parse(*substitute(written, values_, problems_));
  }

 private:
  std::optional<Requirement> parse(const Node& that) {
    Requirement out;
    out.that = *that.text();
    out.position = that.position;
    Gate gate;
    try {
      gate = parse_gate(out.that);
    } catch (const Unexpected& error) {
      problems_.push_back(
          {place_in_text(that, error.offset), message::bad_requirement(error.expected)});
      return std::nullopt;
    }
    out.comparison = gate.comparison;
    out.bound = gate.bound;
    bool good = take_sigmas(that, gate, out);
    good = find_subject(that, gate.value, out) && good;
    for (const auto& selector : gate.selectors) good = select(that, selector, out) && good;
    if (good && rows_known_) look_for_results(that, out);
    if (out.sigmas > 0 && rows_known_ && is_one_trial())
      problems_.push_back(
          {place_in_text(that, gate.sigmas_at), message::sigmas_of_one_trial(), Severity::note});
    return out;
  }

  bool take_sigmas(const Node& that, const Gate& gate, Requirement& out) {
    out.sigmas = gate.sigmas;
    if (gate.sigmas_at == 0) return true;
    // Beyond, the probability that it stands for is no number any more.
    if (!(gate.sigmas > 0 && gate.sigmas <= 30))
      return refuse(that, gate.sigmas_at, message::bad_sigmas());
    if (gate.comparison == Comparison::equal)
      return refuse(that, gate.sigmas_at, message::sigmas_of_equality());
    return true;
  }

  bool is_one_trial() const {
    return std::all_of(plan_.trainings.begin(), plan_.trainings.end(), [&](const auto& training) {
      return training.trial == plan_.trainings.front().trial;
    });
  }

  /// A dot before a letter ends the name of a stage, "hessian_weights.eigenvalue", unless a metric
  /// gives a value of the whole name, "auc.attacked". (The dot in "rejection_0.85" does not.) A
  /// metric of the whole study is also known by its own name alone.
  bool find_subject(const Node& that, const Word& value, Requirement& out) {
    out.value_name = value.text;
    if (names_.has_point(value.text)) return true;
    const auto dot = value.text.find('.');
    const bool of_stage = dot != std::string::npos && dot + 1 < value.text.size() &&
                          std::isalpha(static_cast<unsigned char>(value.text[dot + 1]));
    if (of_stage) return find_stage(that, value, dot, out);
    for (const auto& metric : plan_.comparisons)
      if (metric.info->name == value.text || names_.says(metric.name, value.text)) {
        out.subject = Subject::study;
        return true;
      }
    if (!rows_known_ || !names_.all_points) return true;
    return refuse(that, value.offset, message::unknown_value(value.text, names_.all()));
  }

  bool find_stage(const Node& that, const Word& value, std::size_t dot, Requirement& out) {
    out.stage = value.text.substr(0, dot);
    out.value_name = value.text.substr(dot + 1);
    auto known = outline_.names("sharpness");
    const bool sharpness = std::find(known.begin(), known.end(), out.stage) != known.end();
    out.subject = sharpness ? Subject::sharpness : Subject::study;
    for (const auto& metric : plan_.comparisons) known.push_back(metric.name);
    if (!rows_known_) return true;
    if (std::find(known.begin(), known.end(), out.stage) != known.end())
      return names_.may_have(out.stage, out.value_name) ||
             refuse(that, value.offset + dot + 1,
                    message::unknown_value_of(out.stage, out.value_name,
                                              names_.stages.find(out.stage)->second));
    if (names_.all_points && !nearest(out.stage, known))
      return refuse(that, value.offset, message::unknown_value(value.text, names_.all()));
    return refuse(that, value.offset, message::unknown_measure(out.stage, known));
  }

  bool select(const Node& that, const Selector& selector, Requirement& out) {
    const auto& [axis, coordinate] = selector;
    bool good = look_up(that, axis, coordinate, out.subject);
    const auto same = [&name = axis.text](const auto& other) { return other.first == name; };
    if (std::any_of(out.selectors.begin(), out.selectors.end(), same))
      good = refuse(that, axis.offset, message::axis_selected_twice(axis.text));
    out.selectors.emplace_back(axis.text, coordinate.text);
    return good;
  }

  bool look_up(const Node& that, const Word& axis, const Word& coordinate, Subject subject) {
    const auto found = std::find(plan_.axes.begin(), plan_.axes.end(), axis.text);
    if (found == plan_.axes.end())
      return refuse(that, axis.offset, message::unknown_axis(axis.text, plan_.axes));
    if (subject == Subject::study && axis.text == "trial")
      return refuse(that, axis.offset,
                    message::axis_not_there("metrics of the whole study", axis.text));
    if (subject == Subject::sharpness && axis.text == "test")
      return refuse(that, axis.offset, message::axis_not_there("sharpness measures", axis.text));
    const auto all = places(subject);
    if (!rows_known_ || all.empty()) return true;
    const auto index = static_cast<std::size_t>(found - plan_.axes.begin());
    message::Names known;
    for (const auto* place : all)
      if (std::find(known.begin(), known.end(), (*place)[index]) == known.end())
        known.push_back((*place)[index]);
    if (std::find(known.begin(), known.end(), coordinate.text) != known.end()) return true;
    return refuse(that, coordinate.offset,
                  message::unknown_coordinate(axis.text, coordinate.text, known));
  }

  void look_for_results(const Node& that, const Requirement& requirement) {
    const auto all = places(requirement.subject);
    if (all.empty())
      refuse(that, 0, message::nothing_to_require());
    else if (std::none_of(all.begin(), all.end(),
                          [&](const auto* place) { return selects(requirement, *place); }))
      refuse(that, 0, message::no_row_selected());
  }

  /// Coordinates of all results of a kind; those of sharpness end before the axis `test`.
  std::vector<const Coordinates*> places(Subject subject) const {
    std::vector<const Coordinates*> out;
    if (subject == Subject::sharpness)
      for (const auto& row : plan_.sharpness_rows) out.push_back(&row.coordinates);
    else
      for (const auto& row : plan_.rows) out.push_back(&row.coordinates);
    return out;
  }

  bool selects(const Requirement& requirement, const Coordinates& place) const {
    return std::all_of(
        requirement.selectors.begin(), requirement.selectors.end(), [&](const auto& selector) {
          const auto axis = std::find(plan_.axes.begin(), plan_.axes.end(), selector.first);
          return place[static_cast<std::size_t>(axis - plan_.axes.begin())] == selector.second;
        });
  }

  /// An error at an offset of the gate's text; 0: at its beginning. @returns false.
  bool refuse(const Node& that, std::size_t offset, std::string sentence) {
    problems_.push_back(
        {offset == 0 ? that.position : place_in_text(that, offset), std::move(sentence)});
    return false;
  }

  const Outline& outline_;
  Checker checker_;
  const Scope& values_;
  const Plan& plan_;
  const ValueNames& names_;
  bool rows_known_;
  std::vector<Problem>& problems_;
};

bool is_same(const Requirement& a, const Requirement& b) {
  return std::tie(a.subject, a.stage, a.value_name, a.selectors, a.comparison, a.bound, a.sigmas) ==
         std::tie(b.subject, b.stage, b.value_name, b.selectors, b.comparison, b.bound, b.sigmas);
}

}  // namespace

std::vector<Requirement> read_requirements(const Outline& outline, const Scope& values,
                                           const Plan& plan, const ValueNames& names,
                                           bool rows_known, std::vector<Problem>& problems) {
  std::vector<Requirement> out;
  if (!outline.require) return out;
  RequirementReader reader{outline, values, plan, names, rows_known, problems};
  const auto& node = outline.require->node;
  const auto* blocks = node.array();
  if (!blocks) {
    reader.read(node);
    return out;
  }
  for (const auto& block : *blocks) {
    auto requirement = reader.read(block);
    if (!requirement) continue;
    const auto first = std::find_if(
        out.begin(), out.end(), [&](const auto& other) { return is_same(other, *requirement); });
    if (first != out.end())
      problems.push_back(
          {requirement->position, message::repeated_gate(first->position), Severity::note});
    out.push_back(std::move(*requirement));
  }
  return out;
}

}  // namespace steppe::pipeline
