#include "framework/network/network.hpp"

#include "framework/network/operations.hpp"
#include "framework/network/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::network {

namespace {

/// Walks from the output to the input: what is alive, and who reads whom.
void find_readers(const Graph& graph, std::vector<bool>& alive, std::vector<std::size_t>& reader) {
  const auto& nodes = graph.nodes();
  std::vector<std::size_t> readers(nodes.size(), 0);
  alive[graph.output()] = true;
  for (std::size_t i = graph.output(); i > 0; --i) {
    if (!alive[i]) continue;
    for (const std::size_t input : nodes[i].inputs) {
      alive[input] = true;
      reader[input] = ++readers[input] == 1 ? i : 0;
    }
  }
}

void check_fitted(const Graph& graph, const std::vector<std::unique_ptr<Layer>>& layers) {
  std::string first;
  for (std::size_t i = 1; i < layers.size(); ++i) {
    if (!layers[i]->fitted()) continue;
    const GraphNode& node = graph.nodes()[i];
    if (node.inputs[0] != 0)
      throw GraphError{
          fmt::format("'{}' must read the input, whose columns it is fitted to, and reads '{}'",
                      node.name, graph.nodes()[node.inputs[0]].name)};
    if (!first.empty())
      throw GraphError{
          fmt::format("'{}' and '{}' are both fitted to the input; keep one", first, node.name)};
    first = node.name;
  }
}

void check_output(const GraphNode& output, const Loss& loss) {
  if (output.columns == loss.outputs) return;
  if (loss.outputs == 1)
    throw GraphError{fmt::format("the output of a model is one column, its logit; '{}' has {}",
                                 output.name, output.columns)};
  throw GraphError{fmt::format(
      "the output of a model for {} classes is {} columns, a logit each; '{}' has {}; give it the "
      "'outputs' the host asks for",
      loss.classes, loss.outputs, output.name, output.columns)};
}

}  // namespace

/// Rows that layers add last go to those that read them, where nobody else does.
void Network::share_sweeps(const Graph& graph, Layers& plan) {
  for (std::size_t i = 1; i <= graph.output(); ++i) {
    const std::size_t reader = plan.reader[i];
    if (!plan.alive[i] || reader == 0 || !plan.made[reader]->can_add_row()) continue;
    if (const auto row = plan.made[i]->leave_row()) plan.made[reader]->add_row(*row);
  }
}

Network::Network(Graph graph, Loss loss, Sweeps sweeps)
    : graph_{std::move(graph)}, loss_{loss}, layers_{std::make_unique<Layers>()} {
  const auto& nodes = graph_.nodes();
  const GraphNode& output = nodes[graph_.output()];
  if (graph_.output() == 0)
    throw GraphError{"the output of a model is its input; add an operation"};
  check_output(output, loss_);
  auto weights = std::make_shared<compute::SegmentTable>();
  auto buffers = std::make_shared<compute::SegmentTable>();
  Layers& plan = *layers_;
  plan.made.resize(nodes.size());
  plan.alive.resize(nodes.size());
  plan.trainable.resize(nodes.size());
  plan.bends.resize(nodes.size());
  plan.own_segments.resize(nodes.size());
  plan.reader.resize(nodes.size());
  find_readers(graph_, plan.alive, plan.reader);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const auto& inputs = nodes[i].inputs;
    const std::size_t first_segment = weights->segments().size();
    plan.made[i] = make_layer(graph_, i, *weights, *buffers);
    plan.own_segments[i] = {first_segment, weights->segments().size()};
    const bool has_weights = plan.made[i]->has_weights();
    const auto any_input = [&](const std::vector<bool>& of) {
      return std::ranges::any_of(inputs, [&](std::size_t input) { return of[input]; });
    };
    plan.trainable[i] = has_weights || any_input(plan.trainable);
    plan.bends[i] = !plan.made[i]->linear() || any_input(plan.bends);
    plan.idle_weights = plan.idle_weights || (has_weights && !plan.alive[i]);
  }
  check_fitted(graph_, plan.made);
  if (sweeps == Sweeps::shared) share_sweeps(graph_, plan);
  weights_ = std::move(weights);
  buffers_ = std::move(buffers);
}

Network::~Network() = default;

void Network::initialise(Queue& queue, compute::RandomKey key, const Tensor& weights,
                         const Tensor& buffers) const {
  for (const auto& layer : layers_->made)
    if (layer) layer->initialise(queue, key, weights, buffers);
}

void Network::set_fitted(Queue& queue, const Tensor& buffers, const Fitted& fitted) const {
  if (!needs_fit()) throw GraphError{"this model has no 'standardise' layer to put a fit into"};
  for (const auto& layer : layers_->made)
    if (layer && layer->fitted()) layer->set_fitted(queue, buffers, fitted);
}

bool Network::needs_fit() const {
  return std::ranges::any_of(layers_->made,
                             [](const auto& layer) { return layer && layer->fitted(); });
}

bool Network::piecewise_linear() const {
  const auto& nodes = graph_.nodes();
  for (std::size_t i = 1; i < nodes.size(); ++i)
    if (layers_->alive[i] && !graph_.operation(nodes[i]).piecewise_linear) return false;
  return true;
}

bool Network::needs_filled() const {
  return std::ranges::any_of(layers_->made,
                             [](const auto& layer) { return layer && layer->asks_filled(); });
}

std::vector<std::size_t> Network::statistics() const {
  std::vector<std::size_t> segments;
  for (const auto& layer : layers_->made) {
    if (!layer) continue;
    const auto own = layer->statistics();
    segments.insert(segments.end(), own.begin(), own.end());
  }
  return segments;
}

}  // namespace steppe::network
