#include "framework/network/operations.hpp"

#include <algorithm>

namespace steppe::network {

namespace {

using compute::Activation;

Operation activation(std::string_view name, Activation kind) {
  return {.name = name,
          .make = [kind](const Site& site) { return make_activation(site, kind, 0.0F); }};
}

Operation activation(std::string_view name, Activation kind, std::string_view with,
                     double fallback) {
  return {.name = name,
          .attributes = {{.name = with, .fallback = fallback}},
          .make = [kind, with](const Site& site) {
            return make_activation(site, kind,
                                   static_cast<float>(attribute<double>(site.node, with)));
          }};
}

/// Straight but for kinks.
Operation bent(Operation operation) {
  operation.piecewise_linear = true;
  return operation;
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> table{
      {.name = "dense",
       .attributes = {{.name = "units",
                       .fallback = std::int64_t{1},
                       .minimum = 1,
                       .maximum = 1 << 20,
                       .required = true},
                      {.name = "bias", .fallback = true}},
       .width =
           [](const GraphNode& node, auto) {
             return static_cast<std::size_t>(attribute<std::int64_t>(node, "units"));
           },
       .make = make_dense,
       .piecewise_linear = true},
      {.name = "batch_norm",
       .attributes = {{.name = "epsilon", .fallback = 1e-5, .minimum = 0},
                      {.name = "momentum", .fallback = 0.1, .minimum = 0, .maximum = 1}},
       .make = make_batch_norm,
       .piecewise_linear = true},
      {.name = "layer_norm",
       .attributes = {{.name = "epsilon", .fallback = 1e-5, .minimum = 0}},
       .make = make_layer_norm},
      activation("silu", Activation::silu),
      bent(activation("relu", Activation::relu)),
      activation("sigmoid", Activation::sigmoid),
      bent(activation("leaky_relu", Activation::leaky_relu, "slope", 0.01)),
      activation("gelu", Activation::gelu),
      activation("tanh", Activation::tanh),
      activation("elu", Activation::elu, "alpha", 1.0),
      activation("selu", Activation::selu),
      activation("softplus", Activation::softplus),
      {.name = "add",
       .inputs = 2,
       .make = [](const Site&) { return make_add(); },
       .piecewise_linear = true},
      {.name = "dropout",
       .attributes = {{.name = "rate", .fallback = 0.0, .minimum = 0, .maximum = 0.999999}},
       .make = make_dropout,
       .piecewise_linear = true},
      {.name = "standardise", .make = make_standardise, .piecewise_linear = true},
      {.name = "standardise_filled", .make = make_standardise_filled, .piecewise_linear = true},
      {.name = "standardise_running",
       .attributes = {{.name = "rows",
                       .fallback = std::int64_t{1'000'000},
                       .minimum = 1,
                       .maximum = 16'000'000}},
       .make = make_standardise_running,
       .piecewise_linear = true},
  };
  return table;
}

}  // namespace

const Operation* find_operation(std::string_view name, const OperationList& more) {
  for (const auto* list : {&operations(), more.get()}) {
    if (!list) continue;
    const auto found = std::ranges::find(*list, name, &Operation::name);
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string> operation_names(const OperationList& more) {
  std::vector<std::string> names;
  for (const auto* list : {&operations(), more.get()})
    for (std::size_t i = 0; list && i < list->size(); ++i) names.emplace_back((*list)[i].name);
  return names;
}

std::unique_ptr<Layer> make_layer(const Graph& graph, std::size_t node,
                                  compute::SegmentTable& weights, compute::SegmentTable& buffers) {
  const GraphNode& at = graph.nodes()[node];
  std::vector<std::size_t> widths;
  for (const std::size_t input : at.inputs) widths.push_back(graph.nodes()[input].columns);
  return graph.operation(at).make({at, widths[0], weights, buffers, widths});
}

}  // namespace steppe::network
