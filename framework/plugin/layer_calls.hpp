// A plugin's layer on ordinary memory: its functions called shard by shard.
//
// The host cuts the rows by their number alone and adds what shards give for the weights in the
// fixed tree, in double; so a result does not depend on the number of threads.
#pragma once

#include "framework/compute/shards.hpp"
#include "framework/plugin/instance.hpp"

#include <steppe/dual.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

namespace steppe::plugin {

/// One layer with settings, for inputs of given widths. [any thread]
class LayerCalls {
 public:
  /// @throws PluginError when the layer refuses the settings or the widths.
  LayerCalls(std::shared_ptr<const StageInfo> info, const Settings& settings,
             const std::vector<std::size_t>& input_widths);

  std::size_t columns() const { return columns_; }
  std::size_t weights() const { return weights_; }
  void initialise(steppe_random random, float* weights) const;

  /// `Number`: float, double, or a dual number of either. Lists are dense and row-major: one an
  /// input, and the rows x `columns()` that come of them.
  template <class Number>
  std::vector<Number> forward(std::size_t rows, const std::vector<std::vector<Number>>& x,
                              const std::vector<Number>& weights) const;

  template <class Number>
  struct Gradient {
    std::vector<std::vector<Number>> x;  ///< one an input; empty where not wanted
    std::vector<Number> weights;         ///< the sum over the rows; empty where not wanted
  };
  struct Wanted {
    std::vector<bool> x;
    bool weights = false;
  };
  template <class Number>
  Gradient<Number> backward(std::size_t rows, const std::vector<std::vector<Number>>& x,
                            const std::vector<Number>& weights, const std::vector<Number>& dy,
                            const Wanted& wanted) const;

 private:
  using Function = decltype(steppe_layer::forward);
  void call(Function function, steppe_arithmetic arithmetic,
            const steppe_layer_operands& operands) const;

  template <class Number>
  static constexpr steppe_arithmetic arithmetic_of =
      std::is_same_v<Number, float>         ? STEPPE_F32
      : std::is_same_v<Number, double>      ? STEPPE_F64
      : std::is_same_v<Number, Dual<float>> ? STEPPE_DUAL32
                                            : STEPPE_DUAL64;

  /// Where row `first` of every list begins; null for an empty list.
  template <class Pointer, class Lists>
  std::vector<Pointer> starts(Lists& lists, std::size_t first) const {
    std::vector<Pointer> out;
    for (std::size_t j = 0; j < widths_.size(); ++j)
      out.push_back(lists[j].empty() ? nullptr : lists[j].data() + first * widths_[j]);
    return out;
  }

  std::shared_ptr<const StageInfo> info_;
  Instance instance_;
  steppe_layer functions_;
  std::vector<std::uint64_t> widths_;
  std::uint64_t columns_ = 0, weights_ = 0;
};

template <class Number>
std::vector<Number> LayerCalls::forward(std::size_t rows, const std::vector<std::vector<Number>>& x,
                                        const std::vector<Number>& weights) const {
  std::vector<Number> y(rows * columns_);
  compute::for_each_shard(rows, [&](std::size_t, std::size_t first, std::size_t last) {
    const auto inputs = starts<const void*>(x, first);
    call(functions_.forward, arithmetic_of<Number>,
         {.size = sizeof(steppe_layer_operands),
          .rows = last - first,
          .x = inputs.data(),
          .weights = weights.empty() ? nullptr : weights.data(),
          .y = y.data() + first * columns_,
          .dy = nullptr,
          .dx = nullptr,
          .dweights = nullptr});
  });
  return y;
}

template <class Number>
LayerCalls::Gradient<Number> LayerCalls::backward(std::size_t rows,
                                                  const std::vector<std::vector<Number>>& x,
                                                  const std::vector<Number>& weights,
                                                  const std::vector<Number>& dy,
                                                  const Wanted& wanted) const {
  using Wide = std::conditional_t<std::is_floating_point_v<Number>, double, Dual<double>>;
  Gradient<Number> gradient{std::vector<std::vector<Number>>(x.size()), {}};
  for (std::size_t j = 0; j < x.size(); ++j)
    if (wanted.x[j]) gradient.x[j].resize(x[j].size());
  const std::size_t count = wanted.weights ? weights_ : 0, shards = compute::shard_count(rows);
  std::vector<Number> partial(shards * count);
  compute::for_each_shard(rows, [&](std::size_t shard, std::size_t first, std::size_t last) {
    const auto inputs = starts<const void*>(x, first);
    const auto dx = starts<void*>(gradient.x, first);
    call(functions_.backward, arithmetic_of<Number>,
         {.size = sizeof(steppe_layer_operands),
          .rows = last - first,
          .x = inputs.data(),
          .weights = weights.empty() ? nullptr : weights.data(),
          .y = nullptr,
          .dy = dy.data() + first * columns_,
          .dx = dx.data(),
          .dweights = count > 0 ? partial.data() + shard * count : nullptr});
  });
  std::vector<Wide> sums(partial.begin(), partial.end());
  compute::add_tree(sums.data(), shards, count, 0, count);
  for (std::size_t i = 0; i < count; ++i) gradient.weights.push_back(static_cast<Number>(sums[i]));
  return gradient;
}

}  // namespace steppe::plugin
