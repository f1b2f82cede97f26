// Models: input columns -> a graph of operations that ends in one logit, or in one a class.
//
//   struct Linear {
//     void build(steppe::Graph& graph) const {
//       graph.output(graph.add("dense", graph.input(), {{"units", graph.outputs()}}));
//     }
//   };
#pragma once

#include <steppe/columns.hpp>
#include <steppe/plugin.hpp>

#include <concepts>
#include <variant>

namespace steppe {

/// A setting of an operation.
struct Attribute {
  Attribute(const char* n, std::integral auto v) : name{n}, value{static_cast<std::int64_t>(v)} {}
  Attribute(const char* n, bool v) : name{n}, value{v} {}
  Attribute(const char* n, std::floating_point auto v) : name{n}, value{static_cast<double>(v)} {}
  Attribute(const char* n, const char* v) : name{n}, value{v} {}

  const char* name;
  std::variant<std::int64_t, bool, double, const char*> value;
};

/// The graph under construction. Operations are named by strings: docs/operations.md has the
/// built-in ones, `steppe list layer` those of plugins.
class Graph {
 public:
  struct Node {
    std::uint64_t index;
  };

  explicit Graph(const steppe_builder* builder)
      : builder_{builder}, columns_{detail::from_c(builder->columns, builder->column_count, "")} {}

  /// The features the model will see, one column each.
  const Columns& columns() const { return columns_; }
  Node input() const { return {0}; }
  /// Columns the output must have: 1 (the logit of signal, or the value to predict), or one logit a
  /// class.
  std::uint64_t outputs() const { return builder_->outputs; }

  Node add(const char* operation, Node input, std::initializer_list<Attribute> attributes = {}) {
    return add(operation, {input}, attributes);
  }
  /// Of several inputs: `graph.add("add", {a, b})`.
  Node add(const char* operation, std::initializer_list<Node> inputs,
           std::initializer_list<Attribute> attributes = {}) {
    std::vector<std::uint64_t> nodes;
    for (const Node input : inputs) nodes.push_back(input.index);
    std::vector<steppe_scalar> scalars;
    std::vector<steppe_value> values;
    scalars.reserve(attributes.size());
    for (const auto& a : attributes) {
      const auto [type, scalar] = to_c(a);
      scalars.push_back(scalar);
      values.push_back({a.name, type, 0, 1, &scalars.back()});
    }
    std::uint64_t node = 0;
    detail::check(builder_->add(builder_->self, operation, nodes.data(), nodes.size(),
                                values.data(), values.size(), &node));
    return {node};
  }

  /// The node that is the output, of `outputs()` columns.
  void output(Node node) { detail::check(builder_->output(builder_->self, node.index)); }

 private:
  static std::pair<steppe_type, steppe_scalar> to_c(const Attribute& attribute) {
    steppe_scalar out{};
    switch (attribute.value.index()) {
      case 0:
        out.integer = std::get<0>(attribute.value);
        return {STEPPE_INTEGER, out};
      case 1:
        out.boolean = std::get<1>(attribute.value);
        return {STEPPE_BOOLEAN, out};
      case 2:
        out.real = std::get<2>(attribute.value);
        return {STEPPE_REAL, out};
      default:
        out.text = std::get<3>(attribute.value);
        return {STEPPE_TEXT, out};
    }
  }

  const steppe_builder* builder_;
  Columns columns_;
};

template <class T>
concept Model = requires(const T& model, Graph& graph) {
  model.build(graph);
};

template <Model Plugin>
std::unique_ptr<Stage> model(const About& about) {
  static constexpr steppe_model functions{
      .size = sizeof(steppe_model),
      .build = [](const void* instance, const steppe_host* host, const steppe_builder* builder) {
        return detail::guard(host, [&] {
          Graph graph{builder};
          detail::as<Plugin>(instance).build(graph);
        });
      }};
  return std::make_unique<detail::StageOf<Plugin>>("model", about, &functions);
}

}  // namespace steppe
