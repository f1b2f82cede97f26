#include "framework/plugin/layers.hpp"

#include "framework/compute/worker_setup.hpp"
#include "framework/network/operations.hpp"
#include "framework/plugin/host.hpp"
#include "framework/plugin/layer_calls.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace steppe::plugin {

LayerCalls::LayerCalls(std::shared_ptr<const StageInfo> info, const Settings& settings,
                       const std::vector<std::size_t>& input_widths)
    : info_{std::move(info)},
      instance_{*info_, settings, info_->name},
      functions_{instance_.functions<steppe_layer>()},
      widths_{input_widths.begin(), input_widths.end()} {
  StageHost host{info_->kind, info_->name, {}};
  host.finish(functions_.shape(instance_.get(), host.get(), widths_.data(), &columns_, &weights_));
  if (columns_ == 0) throw PluginError{"layer '" + info_->name + "': it gives no columns"};
}

void LayerCalls::initialise(steppe_random random, float* weights) const {
  std::fill_n(weights, weights_, 0.0F);
  if (!functions_.initialise) return;
  StageHost host{info_->kind, info_->name, {}};
  host.finish(functions_.initialise(instance_.get(), host.get(), random, widths_.data(), weights));
}

void LayerCalls::call(Function function, steppe_arithmetic arithmetic,
                      const steppe_layer_operands& operands) const {
  compute::prepare_thread();
  StageHost host{info_->kind, info_->name, {}};
  host.finish(function(instance_.get(), host.get(), arithmetic, widths_.data(), &operands));
}

namespace {

using compute::Mapped;
using compute::Queue;
using compute::Tensor;
using network::Direction;
using network::Gradients;
using network::Pass;
using Moving = Dual<float>;

/// Reads a tensor, row by row: `put(to[i], value)` for every entry. Nothing of an empty one.
template <class Number, class Put>
void read(Queue& queue, const Tensor& from, std::vector<Number>& to, const Put& put) {
  if (!from) return;
  const Mapped view{queue, from};
  for (std::size_t r = 0, i = 0; r < view->rows; ++r)
    for (std::size_t c = 0; c < view->columns; ++c, ++i) put(to[i], view->row(r)[c]);
}

std::vector<float> values(Queue& queue, const Tensor& of) {
  std::vector<float> out(of ? of.rows * of.columns : 0);
  read(queue, of, out, [](float& to, float value) { to = value; });
  return out;
}

/// With its tangent; an empty one stands still.
std::vector<Moving> values(Queue& queue, const Tensor& of, const Tensor& tangent) {
  std::vector<Moving> out(of ? of.rows * of.columns : 0);
  read(queue, of, out, [](Moving& to, float value) { to.value = value; });
  read(queue, tangent, out, [](Moving& to, float moves) { to.tangent = moves; });
  return out;
}

float result(float value) { return value; }
/// Of a tangent pass only the tangent is new.
float result(const Moving& value) { return value.tangent; }

template <class Number>
void write(Queue& queue, const std::vector<Number>& from, const Tensor& to) {
  const Mapped view{queue, to};
  for (std::size_t r = 0, i = 0; r < view->rows; ++r)
    for (std::size_t c = 0; c < view->columns; ++c, ++i) view->row(r)[c] = result(from[i]);
}

class PluginLayer final : public network::Layer {
 public:
  PluginLayer(LayerCalls calls, const network::Site& site)
      : calls_{std::move(calls)}, name_{site.node.name} {
    if (calls_.weights() > 0) segment_ = site.weights.add(name_ + ".weight", 1, calls_.weights());
  }

  bool has_weights() const override { return segment_.has_value(); }

  void initialise(Queue& queue, compute::RandomKey key, const Tensor& weights,
                  const Tensor&) const override {
    if (!segment_) return;
    const Mapped to{queue, weights.segment(*segment_)};
    calls_.initialise({key.key, stream_key(key.stream, name_)}, to->data);
  }

  void forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
               const Tensor& y) const override {
    write(pass.queue, calls_.forward(y.rows, still(pass, x), weights(pass)), y);
  }

  void backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                const Gradients& gradients) const override {
    give(pass, gradients,
         calls_.backward(gradients.dy.rows, still(pass, x), weights(pass),
                         values(pass.queue, gradients.dy), wanted(gradients)));
  }

  void tangent_forward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                       const Direction& direction, const Tensor& y_tangent) const override {
    write(pass.queue,
          calls_.forward(y_tangent.rows, moving(pass, x, direction), weights(pass, direction)),
          y_tangent);
  }

  void tangent_backward(const Pass& pass, std::span<const Tensor>, std::span<const Tensor> x,
                        const Direction& direction, const Tensor& dy,
                        const Gradients& tangents) const override {
    give(pass, tangents,
         calls_.backward(dy.rows, moving(pass, x, direction), weights(pass, direction),
                         values(pass.queue, dy, tangents.dy), wanted(tangents)));
  }

 private:
  static std::vector<std::vector<float>> still(const Pass& pass, std::span<const Tensor> x) {
    std::vector<std::vector<float>> out;
    for (const Tensor& input : x) out.push_back(values(pass.queue, input));
    return out;
  }
  static std::vector<std::vector<Moving>> moving(const Pass& pass, std::span<const Tensor> x,
                                                 const Direction& direction) {
    std::vector<std::vector<Moving>> out;
    for (std::size_t j = 0; j < x.size(); ++j)
      out.push_back(values(pass.queue, x[j], direction.x[j]));
    return out;
  }

  /// The layer's part of a flat buffer.
  Tensor part(const Tensor& flat) const {
    return segment_ ? network::segment_or_none(flat, *segment_) : Tensor{};
  }
  std::vector<float> weights(const Pass& pass) const {
    return values(pass.queue, part(pass.weights));
  }
  std::vector<Moving> weights(const Pass& pass, const Direction& direction) const {
    return values(pass.queue, part(pass.weights), part(direction.weights));
  }

  LayerCalls::Wanted wanted(const Gradients& gradients) const {
    LayerCalls::Wanted out{{}, bool{part(gradients.weights)}};
    for (const Tensor& dx : gradients.dx) out.x.push_back(bool{dx});
    return out;
  }
  template <class Number>
  void give(const Pass& pass, const Gradients& to,
            const LayerCalls::Gradient<Number>& gradient) const {
    for (std::size_t j = 0; j < to.dx.size(); ++j)
      if (to.dx[j]) write(pass.queue, gradient.x[j], to.dx[j]);
    if (const Tensor weights = part(to.weights)) write(pass.queue, gradient.weights, weights);
  }

  LayerCalls calls_;
  std::string name_;
  std::optional<std::size_t> segment_;
};

Settings settings_of(const StageInfo& info, const network::GraphNode& node) {
  Settings out;
  for (const Parameter& parameter : info.parameters) {
    const auto given =
        std::ranges::find(node.attributes, parameter.name, &network::Attribute::name);
    out.items.push_back({parameter.name, parameter.type, false, {given->value}});
  }
  return out;
}

network::AttributeRule rule_of(const Parameter& parameter) {
  network::AttributeRule rule{.name = parameter.name,
                              .fallback = network::AttributeValue{},
                              .minimum = parameter.minimum,
                              .maximum = parameter.maximum,
                              .required = parameter.required,
                              .above_minimum = parameter.above_minimum,
                              .choices = parameter.choices};
  switch (parameter.type) {
    case Type::real:
      break;
    case Type::integer:
      rule.fallback = std::int64_t{0};
      break;
    case Type::boolean:
      rule.fallback = false;
      break;
    default:
      rule.fallback = std::string{};
  }
  if (!parameter.required) rule.fallback = parameter.fallback.front();
  return rule;
}

network::Operation operation_of(const StageInfo& stage) {
  // A copy, which everything that is made of the operation keeps alive.
  const auto info = std::make_shared<const StageInfo>(stage);
  network::Operation out{
      .name = info->name,
      .inputs = static_cast<const steppe_layer*>(info->table->table)->inputs,
      .width =
          [info](const network::GraphNode& node, auto widths) {
            return LayerCalls{info, settings_of(*info, node), {widths.begin(), widths.end()}}
                .columns();
          },
      .make =
          [info](const network::Site& site) {
            return std::make_unique<PluginLayer>(
                LayerCalls{info, settings_of(*info, site.node), site.widths}, site);
          }};
  for (const Parameter& parameter : info->parameters) out.attributes.push_back(rule_of(parameter));
  return out;
}

}  // namespace

network::OperationList layer_operations(const Catalogue& catalogue) {
  auto out = std::make_shared<std::vector<network::Operation>>();
  for (const std::string& name : catalogue.names("layer"))
    out->push_back(operation_of(*catalogue.find("layer", name)));
  return out;
}

}  // namespace steppe::plugin
