// The table of operations: one row says all there is to know about one name.
#pragma once

#include "framework/network/layer.hpp"

#include <functional>
#include <limits>
#include <memory>
#include <optional>

namespace steppe::network {

using AttributeValue = decltype(Attribute::value);

struct AttributeRule {
  std::string_view name;
  /// Used when the attribute is left out; its type is the attribute's type.
  AttributeValue fallback;
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool required = false;
  bool above_minimum = false;             ///< `minimum` itself is excluded
  std::vector<std::string> choices = {};  ///< of a text; any when there are none
};

/// A layer under construction.
struct Site {
  const GraphNode& node;
  std::size_t input_columns;  ///< of the first input
  compute::SegmentTable& weights;
  compute::SegmentTable& buffers;
  std::vector<std::size_t> widths;  ///< columns of every input
};

struct Operation {
  std::string_view name;
  std::size_t inputs = 1;
  std::vector<AttributeRule> attributes = {};
  /// Width of the result for inputs of these widths. Without it, it is that of the inputs, which
  /// are then equally wide.
  std::function<std::size_t(const GraphNode&, std::span<const std::size_t>)> width = {};
  /// Appends the layer's segments to the tables.
  std::function<std::unique_ptr<Layer>(const Site&)> make;
  /// Of its inputs, with weights and statistics held.
  bool piecewise_linear = false;
};

/// @returns null when there is none of this name.
const Operation* find_operation(std::string_view name, const OperationList& more = {});

/// The layer of a node other than the input.
std::unique_ptr<Layer> make_layer(const Graph& graph, std::size_t node,
                                  compute::SegmentTable& weights, compute::SegmentTable& buffers);

/// Attribute `name` of a node whose attributes have been completed by `Graph::add`.
template <class Value>
Value attribute(const GraphNode& node, std::string_view name) {
  for (const Attribute& given : node.attributes)
    if (given.name == name) return std::get<Value>(given.value);
  throw GraphError{"'" + node.op + "' has no attribute '" + std::string{name} + "'"};
}

/// @returns an empty tensor for an empty flat buffer.
inline Tensor segment_or_none(const Tensor& flat, std::size_t index) {
  return flat ? flat.segment(index) : Tensor{};
}

// The rows of the table that need a file of their own.
std::unique_ptr<Layer> make_dense(const Site& site);
std::unique_ptr<Layer> make_batch_norm(const Site& site);
std::unique_ptr<Layer> make_layer_norm(const Site& site);
std::unique_ptr<Layer> make_standardise(const Site& site);
std::unique_ptr<Layer> make_standardise_filled(const Site& site);
std::unique_ptr<Layer> make_standardise_running(const Site& site);
std::unique_ptr<Layer> make_dropout(const Site& site);
std::unique_ptr<Layer> make_activation(const Site& site, compute::Activation kind, float slope);
std::unique_ptr<Layer> make_add();

}  // namespace steppe::network
