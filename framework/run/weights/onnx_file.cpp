#include "framework/run/weights/onnx_file.hpp"

#include "framework/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <variant>

#include <fmt/format.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

namespace steppe::run {

namespace {

using Names = std::vector<std::string>;
using Node = network::GraphNode;

// Those of onnx 1.12, which Debian 12 has; layer normalisation came with set 17.
constexpr std::int64_t operator_set = 17;
constexpr std::int64_t format_version = 8;

double real(const Node& node, std::string_view name) {
  const auto found = std::ranges::find(node.attributes, name, &network::Attribute::name);
  return std::get<double>(found->value);
}

/// Adds operators and constants to an ONNX graph.
class GraphWriter {
 public:
  explicit GraphWriter(const TrainedNetwork& trained)
      : trained_{trained}, queue_{trained.device->queue()} {}

  onnx::GraphProto& graph() { return graph_; }

  /// Appends an operator. @returns the name of what it gives, for which it is called as well.
  std::string put(const char* op, const Names& inputs, const std::string& gives) {
    auto& node = *graph_.add_node();
    node.set_op_type(op);
    node.set_name(gives);
    for (const auto& input : inputs) node.add_input(input);
    node.add_output(gives);
    return gives;
  }
  /// The same, with one attribute.
  std::string put(const char* op, const Names& inputs, const std::string& gives, const char* name,
                  double value) {
    put(op, inputs, gives);
    auto& attribute = *graph_.mutable_node(graph_.node_size() - 1)->add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(static_cast<float>(value));
    return gives;
  }

  std::string constant(const std::string& name, float value) {
    return tensor(name, {}, std::array{value});
  }
  /// A segment of the weights or of the buffers: a matrix, or a vector where it has one row.
  std::string segment(const std::string& name, bool as_vector) {
    for (const auto* flat : {&trained_.at.weights, &trained_.at.buffers}) {
      const auto& segments = flat->segments->segments();
      const auto found = std::ranges::find(segments, name, &compute::Segment::name);
      if (found == segments.end()) continue;
      const compute::Mapped view{*queue_,
                                 flat->segment(static_cast<std::size_t>(found - segments.begin()))};
      std::vector<float> values;
      for (std::size_t r = 0; r < found->rows; ++r)
        values.insert(values.end(), view->row(r), view->row(r) + found->columns);
      const auto rows = static_cast<std::int64_t>(found->rows);
      const auto columns = static_cast<std::int64_t>(found->columns);
      return as_vector ? tensor(name, {columns}, values) : tensor(name, {rows, columns}, values);
    }
    throw data::DataError{fmt::format("the network has no '{}'", name)};
  }
  bool has_segment(const std::string& name) const {
    return std::ranges::count(trained_.at.weights.segments->segments(), name,
                              &compute::Segment::name) > 0;
  }

 private:
  std::string tensor(const std::string& name, const std::vector<std::int64_t>& shape,
                     std::span<const float> values) {
    auto& out = *graph_.add_initializer();
    out.set_name(name);
    out.set_data_type(onnx::TensorProto::FLOAT);
    for (const auto size : shape) out.add_dims(size);
    out.set_raw_data(values.data(), values.size_bytes());
    return name;
  }

  const TrainedNetwork& trained_;
  std::unique_ptr<compute::Queue> queue_;
  onnx::GraphProto graph_;
};

std::string dense(GraphWriter& to, const Node& node, const Names& x) {
  Names inputs{x[0], to.segment(node.name + ".weight", false)};
  if (to.has_segment(node.name + ".bias")) inputs.push_back(to.segment(node.name + ".bias", true));
  return to.put("Gemm", inputs, node.name);
}

std::string batch_norm(GraphWriter& to, const Node& node, const Names& x) {
  Names inputs{x[0]};
  for (const auto* part : {".gamma", ".beta", ".running_mean", ".running_variance"})
    inputs.push_back(to.segment(node.name + part, true));
  return to.put("BatchNormalization", inputs, node.name, "epsilon", real(node, "epsilon"));
}

std::string layer_norm(GraphWriter& to, const Node& node, const Names& x) {
  return to.put(
      "LayerNormalization",
      {x[0], to.segment(node.name + ".gamma", true), to.segment(node.name + ".beta", true)},
      node.name, "epsilon", real(node, "epsilon"));
}

std::string standardise(GraphWriter& to, const Node& node, const Names& x) {
  const auto centred =
      to.put("Sub", {x[0], to.segment(node.name + ".mean", true)}, node.name + ".centred");
  return to.put("Mul", {centred, to.segment(node.name + ".factor", true)}, node.name);
}

std::string silu(GraphWriter& to, const Node& node, const Names& x) {
  return to.put("Mul", {x[0], to.put("Sigmoid", x, node.name + ".gate")}, node.name);
}

// x (1 + erf(x / sqrt(2))) / 2
std::string gelu(GraphWriter& to, const Node& node, const Names& x) {
  const auto part = [&](const char* name) { return node.name + "." + name; };
  const auto half = to.constant(part("half"), 0.5F);
  const auto root = to.constant(part("root_half"), 0.70710678F);
  const auto erf = to.put("Erf", {to.put("Mul", {x[0], root}, part("scaled"))}, part("erf"));
  const auto one = to.constant(part("one"), 1.0F);
  const auto gate = to.put("Mul", {to.put("Add", {erf, one}, part("shifted")), half}, part("gate"));
  return to.put("Mul", {x[0], gate}, node.name);
}

using Translate = std::function<std::string(GraphWriter&, const Node&, const Names&)>;

Translate plain(const char* op) {
  return
      [op](GraphWriter& to, const Node& node, const Names& x) { return to.put(op, x, node.name); };
}

Translate with(const char* op, const char* theirs, const char* ours) {
  return [=](GraphWriter& to, const Node& node, const Names& x) {
    return to.put(op, x, node.name, theirs, real(node, ours));
  };
}

const Translate& translation(const Node& node) {
  static const std::map<std::string_view, Translate> table{
      {"dense", dense},
      {"batch_norm", batch_norm},
      {"layer_norm", layer_norm},
      {"standardise", standardise},
      {"standardise_running", standardise},
      {"dropout", plain("Identity")},
      {"silu", silu},
      {"gelu", gelu},
      {"relu", plain("Relu")},
      {"sigmoid", plain("Sigmoid")},
      {"tanh", plain("Tanh")},
      {"selu", plain("Selu")},
      {"softplus", plain("Softplus")},
      {"add", plain("Add")},
      {"leaky_relu", with("LeakyRelu", "alpha", "slope")},
      {"elu", with("Elu", "alpha", "alpha")},
  };
  const auto found = table.find(node.op);
  if (found == table.end())
    throw data::DataError{
        fmt::format("the operation '{}' has no counterpart in ONNX, so this network cannot be "
                    "exported; 'steppe apply' runs it",
                    node.op)};
  return found->second;
}

/// A matrix of any number of rows.
void describe(onnx::ValueInfoProto& value, const std::string& name, std::size_t columns) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("rows");
  type.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(columns));
}

void write_graph(const TrainedNetwork& trained, onnx::GraphProto& to) {
  GraphWriter writer{trained};
  const auto& graph = trained.network->graph();
  Names names{"features"};
  for (std::size_t i = 1; i < graph.nodes().size(); ++i) {
    const auto& node = graph.nodes()[i];
    Names inputs;
    for (const auto input : node.inputs) inputs.push_back(names[input]);
    names.push_back(translation(node)(writer, node, inputs));
  }
  const auto& output = graph.nodes()[graph.output()];
  writer.put("Identity", {names[graph.output()]}, "logit");
  const auto& loss = trained.loss();
  const auto* score = loss.outputs > 1 ? "Softmax" : loss.classes > 0 ? "Sigmoid" : "Identity";
  writer.put(score, {"logit"}, "score");
  to = std::move(writer.graph());
  describe(*to.add_input(), "features", graph.input_columns());
  for (const auto* name : {"logit", "score"}) describe(*to.add_output(), name, output.columns);
}

void add_text(onnx::ModelProto& model, const char* key, const std::string& value) {
  auto& text = *model.add_metadata_props();
  text.set_key(key);
  text.set_value(value);
}

}  // namespace

std::string to_onnx(const SavedNetwork& saved) {
  onnx::ModelProto model;
  model.set_ir_version(format_version);
  model.set_producer_name("steppe");
  model.add_opset_import()->set_version(operator_set);
  write_graph(saved.trained, *model.mutable_graph());
  model.mutable_graph()->set_name(saved.origin.training);
  std::vector<std::string> names;
  for (const auto& column : saved.trained.features.items) names.push_back(column.name);
  add_text(model, "features", fmt::format("{}", fmt::join(names, ",")));
  onnx::checker::check_model(model);
  return model.SerializeAsString();
}

}  // namespace steppe::run
