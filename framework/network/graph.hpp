// A model as its plugin describes it: a graph of operations named by strings.
//
// The graph is data: `add("dense", {x}, {{"units", 128}})` never changes the plugin ABI when an
// operation is added. `Network` turns a graph into something that runs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace steppe::network {

/// A graph that makes no sense. The message is a finished sentence.
class GraphError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Attribute {
  std::string name;
  std::variant<double, std::int64_t, bool, std::string> value;
};

/// One operation and the width of what it gives: a matrix of rows x `columns`.
struct GraphNode {
  std::string op;
  std::vector<std::size_t> inputs;  ///< indices of earlier nodes
  std::vector<Attribute> attributes;
  std::size_t columns = 0;
  std::string name;  ///< `dense_0`: op and its count, names the weights
};

struct Operation;

/// Operations beyond the built-in ones: those that plugins bring. Every graph and network made with
/// a list keeps it alive.
using OperationList = std::shared_ptr<const std::vector<Operation>>;

class Graph {
 public:
  /// Starts with node 0, the input of `columns` features.
  explicit Graph(std::size_t columns, OperationList more = {});

  /// Appends an operation. @returns its index. @throws GraphError: unknown operation (with the
  /// nearest known one), unknown or ill-typed attribute, wrong number of inputs, wrong width.
  std::size_t add(std::string_view op, std::span<const std::size_t> inputs,
                  std::vector<Attribute> attributes);
  void set_output(std::size_t node);

  const std::vector<GraphNode>& nodes() const { return nodes_; }
  std::size_t output() const { return output_; }
  std::size_t input_columns() const { return nodes_.front().columns; }
  /// The operation of a node that is not the input.
  const Operation& operation(const GraphNode& node) const;
  /// Every trainable value: W, b, gamma, beta.
  std::size_t parameters() const;

 private:
  OperationList more_;
  std::vector<GraphNode> nodes_;
  std::size_t output_ = 0;
};

/// Names of the operations `Graph::add` knows, those of plugins last.
std::vector<std::string> operation_names(const OperationList& more = {});

}  // namespace steppe::network
