#include "framework/network/graph.hpp"

#include "framework/network/operations.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace steppe::network {

namespace {

template <class... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  throw GraphError{fmt::format(text, std::forward<Arguments>(arguments)...)};
}

const Operation& known_operation(std::string_view name, const OperationList& more) {
  if (const Operation* operation = find_operation(name, more)) return *operation;
  const auto names = operation_names(more);
  const std::string hint = did_you_mean(name, names);
  refuse("there is no operation '{}'{}", name,
         hint.empty() ? fmt::format("; there are '{}'", fmt::join(names, "', '")) : hint);
}

/// `given` in the type of the rule: whole numbers are reals too.
AttributeValue typed(const Operation& operation, const AttributeRule& rule,
                     const AttributeValue& given) {
  constexpr const char* types[] = {"a number", "a whole number", "true or false", "a text"};
  AttributeValue value = given;
  if (const auto* whole = std::get_if<std::int64_t>(&given); whole && rule.fallback.index() == 0)
    value = static_cast<double>(*whole);
  if (value.index() != rule.fallback.index())
    refuse("attribute '{}' of '{}' must be {}", rule.name, operation.name,
           types[rule.fallback.index()]);
  const auto check = [&](double number) {
    if (!std::isfinite(number) || number < rule.minimum || number > rule.maximum ||
        (rule.above_minimum && number == rule.minimum))
      refuse("attribute '{}' of '{}' is {}, outside {}{}, {}]", rule.name, operation.name, number,
             rule.above_minimum ? '(' : '[', rule.minimum, rule.maximum);
  };
  if (const auto* real = std::get_if<double>(&value)) check(*real);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) check(static_cast<double>(*whole));
  if (const auto* text = std::get_if<std::string>(&value); text && !rule.choices.empty())
    if (std::ranges::find(rule.choices, *text) == rule.choices.end())
      refuse("attribute '{}' of '{}' is '{}'; choose one of '{}'", rule.name, operation.name, *text,
             fmt::join(rule.choices, "', '"));
  return value;
}

/// Every attribute of the operation, in the order of its table.
std::vector<Attribute> complete(const Operation& operation, const std::vector<Attribute>& given) {
  std::vector<std::string> names;
  for (const AttributeRule& rule : operation.attributes) names.emplace_back(rule.name);
  for (const Attribute& attribute : given) {
    if (std::ranges::find(names, attribute.name) == names.end()) {
      const std::string has =
          names.empty() ? "" : fmt::format("; it has '{}'", fmt::join(names, "', '"));
      const std::string hint = did_you_mean(attribute.name, names);
      refuse("'{}' has no attribute '{}'{}", operation.name, attribute.name,
             hint.empty() ? has : hint);
    }
    if (std::ranges::count(given, attribute.name, &Attribute::name) > 1)
      refuse("attribute '{}' of '{}' is given twice", attribute.name, operation.name);
  }
  std::vector<Attribute> all;
  for (const AttributeRule& rule : operation.attributes) {
    const auto found = std::ranges::find(given, rule.name, &Attribute::name);
    if (found == given.end() && rule.required)
      refuse("'{}' needs its attribute '{}'", operation.name, rule.name);
    all.push_back({std::string{rule.name},
                   found == given.end() ? rule.fallback : typed(operation, rule, found->value)});
  }
  return all;
}

}  // namespace

Graph::Graph(std::size_t columns, OperationList more) : more_{std::move(more)} {
  if (columns == 0) refuse("a model needs at least one input column");
  nodes_.push_back({"input", {}, {}, columns, "input"});
}

std::size_t Graph::add(std::string_view op, std::span<const std::size_t> inputs,
                       std::vector<Attribute> attributes) {
  const Operation& operation = known_operation(op, more_);
  if (inputs.size() != operation.inputs)
    refuse("'{}' takes {} input{} and was given {}", op, operation.inputs,
           operation.inputs == 1 ? "" : "s", inputs.size());
  for (const std::size_t input : inputs) {
    if (input >= nodes_.size())
      refuse("'{}' reads node {}, but there are only {} so far", op, input, nodes_.size());
    if (!operation.width && nodes_[input].columns != nodes_[inputs[0]].columns)
      refuse("'{}' needs inputs of equal width; these have {} and {} columns", op,
             nodes_[inputs[0]].columns, nodes_[input].columns);
  }
  GraphNode node{std::string{op},
                 {inputs.begin(), inputs.end()},
                 complete(operation, attributes),
                 nodes_[inputs[0]].columns,
                 fmt::format("{}_{}", op, std::ranges::count(nodes_, op, &GraphNode::op))};
  if (operation.width) {
    std::vector<std::size_t> widths;
    for (const std::size_t input : inputs) widths.push_back(nodes_[input].columns);
    node.columns = operation.width(node, widths);
  }
  nodes_.push_back(std::move(node));
  output_ = nodes_.size() - 1;
  return output_;
}

void Graph::set_output(std::size_t node) {
  if (node >= nodes_.size())
    refuse("the output is node {}, but there are only {}", node, nodes_.size());
  output_ = node;
}

std::size_t Graph::parameters() const {
  compute::SegmentTable weights, buffers;
  for (std::size_t i = 1; i < nodes_.size(); ++i) make_layer(*this, i, weights, buffers);
  return weights.values();
}

const Operation& Graph::operation(const GraphNode& node) const {
  return known_operation(node.op, more_);
}

}  // namespace steppe::network
