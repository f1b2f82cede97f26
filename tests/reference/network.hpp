// A network once more, from the references of its layers and without a line of the framework's
// arithmetic.
#pragma once

#include "framework/network/network.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "layers.hpp"
#include "norms.hpp"

namespace steppe::reference {

/// Any layer, in plain and in dual numbers.
class AnyLayer {
 public:
  virtual ~AnyLayer() = default;
  virtual std::size_t segments() const = 0;  ///< of weights
  virtual Real forward(const Operands<double>& at) const = 0;
  virtual Moving forward(const Operands<Dual<double>>& at) const = 0;
  virtual Operands<double> backward(const Operands<double>& at, const Real& dy) const = 0;
  virtual Operands<Dual<double>> backward(const Operands<Dual<double>>& at,
                                          const Moving& dy) const = 0;
};

template <class Layer>
class Erased final : public AnyLayer {
 public:
  explicit Erased(Layer layer) : layer_{std::move(layer)} {}

  std::size_t segments() const override {
    if constexpr (requires { layer_.segments; }) return layer_.segments;
    return 0;
  }
  Real forward(const Operands<double>& at) const override { return layer_.forward(at); }
  Moving forward(const Operands<Dual<double>>& at) const override { return layer_.forward(at); }
  Operands<double> backward(const Operands<double>& at, const Real& dy) const override {
    return layer_.backward(at, dy);
  }
  Operands<Dual<double>> backward(const Operands<Dual<double>>& at,
                                  const Moving& dy) const override {
    return layer_.backward(at, dy);
  }

 private:
  Layer layer_;
};

using LayerPointer = std::shared_ptr<const AnyLayer>;

template <class Layer>
LayerPointer any(Layer layer) {
  return std::make_shared<Erased<Layer>>(std::move(layer));
}

/// A node of a graph, and the buffers that are not taken yet.
struct Site {
  const network::GraphNode& node;
  const std::vector<Real>& buffers;
  std::size_t& taken;
  bool inference;

  const Real& take() const { return buffers[taken++]; }
  template <class Value>
  Value attribute(std::string_view name) const {
    for (const network::Attribute& given : node.attributes)
      if (given.name == name) return std::get<Value>(given.value);
    return {};
  }
  double number(std::string_view name) const { return attribute<double>(name); }
  bool is(std::string_view name) const { return attribute<bool>(name); }
};

/// By the name of an operation: its reference.
using Makers = std::map<std::string, std::function<LayerPointer(const Site&)>, std::less<>>;

inline Makers makers() {
  Makers made{
      {"dense", [](const Site& site) { return any(Dense{site.is("bias") ? 2U : 1U}); }},
      {"add", [](const Site&) { return any(Sum{}); }},
      {"layer_norm", [](const Site& site) { return any(LayerNorm{site.number("epsilon")}); }},
      {"batch_norm",
       [](const Site& site) {
         const Real &mean = site.take(), &variance = site.take();
         return any(BatchNorm{!site.inference, mean, variance, site.number("epsilon")});
       }},
      {"standardise", [](const Site& site) {
         const Real &mean = site.take(), &factor = site.take();
         return any(Standardised{mean, factor});
       }}};
  for (const auto& [name, kind] : activations)
    made.emplace(name, [kind = kind](const Site& site) {
      return any(Activated{kind, site.number("slope") + site.number("alpha")});
    });
  return made;
}

/// Itself a layer: reads one matrix of inputs and gives the logits.
class Network {
 public:
  /// BatchNorm uses the batch's own statistics unless `inference`.
  Network(const network::Graph& graph, const std::vector<Real>& buffers, bool inference,
          const Makers& with = makers())
      : graph_{graph}, layers_{nullptr} {
    std::size_t taken = 0;
    for (std::size_t i = 1; i < graph_.nodes().size(); ++i) {
      const network::GraphNode& node = graph_.nodes()[i];
      layers_.push_back(with.at(node.op)({node, buffers, taken, inference}));
    }
  }

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    return run(at).values[graph_.output()];
  }

  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    const Run<S> done = run(at);
    Operands<S> gradient = at;
    for (Matrix<S>& weights : gradient.weights) weights = {weights.rows, weights.columns};
    std::vector<Matrix<S>> of_values;
    for (const Matrix<S>& value : done.values) of_values.emplace_back(value.rows, value.columns);
    of_values[graph_.output()] = dy;
    for (std::size_t i = graph_.output(); i > 0; --i) {
      const Operands<S> here = layers_[i]->backward(done.operands[i], of_values[i]);
      const auto& inputs = graph_.nodes()[i].inputs;
      for (std::size_t j = 0; j < inputs.size(); ++j)
        of_values[inputs[j]] = Sum{}.forward(Operands<S>{{of_values[inputs[j]], here.x[j]}, {}});
      for (std::size_t j = 0; j < here.weights.size(); ++j)
        gradient.weights[done.first_segment[i] + j] = here.weights[j];
    }
    gradient.x = {of_values[0]};
    return gradient;
  }

 private:
  template <class S>
  struct Run {
    std::vector<Matrix<S>> values;           ///< one a node
    std::vector<Operands<S>> operands;       ///< the same
    std::vector<std::size_t> first_segment;  ///< the same
  };

  template <class S>
  Run<S> run(const Operands<S>& at) const {
    Run<S> done{{at.x[0]}, {{}}, {0}};
    std::size_t segment = 0;
    for (std::size_t i = 1; i < graph_.nodes().size(); ++i) {
      Operands<S> operands;
      for (const std::size_t input : graph_.nodes()[i].inputs)
        operands.x.push_back(done.values[input]);
      done.first_segment.push_back(segment);
      for (std::size_t j = 0; j < layers_[i]->segments(); ++j)
        operands.weights.push_back(at.weights[segment++]);
      done.values.push_back(layers_[i]->forward(operands));
      done.operands.push_back(std::move(operands));
    }
    return done;
  }

  network::Graph graph_;
  std::vector<LayerPointer> layers_;  ///< one a node; none for the input
};

}  // namespace steppe::reference
