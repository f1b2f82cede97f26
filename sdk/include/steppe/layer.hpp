// Layers: operations of models that plugins bring, row by row, differentiable twice.
//
//   struct SoftClip {                                            // y = limit tanh(x / limit)
//     struct Parameters { double limit = 5; static auto schema(); } parameters;
//     template <class S>
//     void forward(const steppe::LayerRow<S>& row) const {
//       using std::tanh;
//       const S limit(parameters.limit);
//       for (std::size_t i = 0; i < row.x.size(); ++i) row.y[i] = limit * tanh(row.x[i] / limit);
//     }
//     template <class S>
//     void backward(const steppe::LayerGradient<S>& row) const {
//       using std::tanh;
//       for (std::size_t i = 0; i < row.x.size(); ++i) {
//         const S t = tanh(row.x[i] / S(parameters.limit));
//         row.dx[i] += row.dy[i] * (S(1) - t * t);
//       }
//     }
//   };
//   STEPPE_PLUGIN(steppe::layer<SoftClip>({.name = "soft_clip", .summary = "..."}))
//
// A model calls it by its name, `graph.add("soft_clip", node, {{"limit", 3.0}})`: attributes are
// its settings. S is float, double, or a dual number of either (<steppe/dual.hpp>), from which the
// host makes Hessian-vector products. Optional members:
//
//   static constexpr std::size_t inputs = 2;                      // nodes it reads; 1 without it
//   std::size_t columns(steppe::Widths inputs) const;             // without it, as wide as its
//   inputs std::size_t weights(steppe::Widths inputs) const;             // how many; 0 without it
//   void initialise(steppe::Widths inputs, steppe::Stream&, std::span<float> weights) const;
#pragma once

#include <steppe/dual.hpp>
#include <steppe/plugin.hpp>
#include <steppe/random.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace steppe {

/// Columns of every input.
using Widths = std::span<const std::uint64_t>;

/// What a sum over rows is kept in: double, or a dual number of doubles.
template <class S>
using SumOf = std::conditional_t<std::is_floating_point_v<S>, double, Dual<double>>;

/// One row on the way forward.
template <class S>
struct LayerRow {
  std::span<const S> x;  ///< of the first input
  std::span<const S> weights;
  std::span<S> y;                              ///< to be written
  std::span<const std::span<const S>> inputs;  ///< of every input
};

/// One row on the way back. Results start at zero and are added to: `dx` for this row, `dweights`
/// over all rows.
template <class S>
struct LayerGradient {
  std::span<const S> x;  ///< of the first input
  std::span<const S> weights;
  std::span<const S> dy;
  std::span<S> dx;  ///< of the first input
  std::span<SumOf<S>> dweights;
  std::span<const std::span<const S>> inputs;  ///< of every input
  std::span<const std::span<S>> dinputs;
};

template <class T>
concept Layer = requires(const T& layer, const LayerRow<Dual<float>>& row,
                         const LayerGradient<Dual<float>>& gradient) {
  layer.forward(row);
  layer.backward(gradient);
};

namespace detail {

static_assert(sizeof(Dual<float>) == 2 * sizeof(float) &&
              sizeof(Dual<double>) == 2 * sizeof(double));

template <class Plugin>
struct LayerBridge {
  static constexpr std::size_t inputs = [] {
    if constexpr (requires { Plugin::inputs; })
      return std::size_t{Plugin::inputs};
    else
      return std::size_t{1};
  }();
  static constexpr bool initialises =
      requires(const Plugin& layer, Widths widths, Stream& random, std::span<float> weights) {
    layer.initialise(widths, random, weights);
  };

  static std::size_t columns(const Plugin& layer, Widths widths) {
    if constexpr (requires { layer.columns(widths); })
      return layer.columns(widths);
    else if (std::ranges::count(widths, widths[0]) != static_cast<std::ptrdiff_t>(inputs))
      throw Error{"its inputs must be equally wide"};
    return widths[0];
  }
  static std::size_t weights(const Plugin& layer, Widths widths) {
    if constexpr (requires { layer.weights(widths); }) return layer.weights(widths);
    return 0;
  }

  static steppe_status shape(const void* instance, const steppe_host* host,
                             const std::uint64_t* widths, std::uint64_t* to_columns,
                             std::uint64_t* to_weights) {
    return guard(host, [&] {
      *to_columns = columns(as<Plugin>(instance), {widths, inputs});
      *to_weights = weights(as<Plugin>(instance), {widths, inputs});
    });
  }

  static steppe_status initialise(const void* instance, const steppe_host* host,
                                  steppe_random random, const std::uint64_t* widths, float* to) {
    return guard(host, [&] {
      if constexpr (initialises) {
        const Widths of{widths, inputs};
        Stream stream{random.key, random.stream};
        as<Plugin>(instance).initialise(of, stream,
                                        std::span{to, weights(as<Plugin>(instance), of)});
      }
    });
  }

  static steppe_status forward(const void* instance, const steppe_host* host,
                               steppe_arithmetic arithmetic, const std::uint64_t* widths,
                               const steppe_layer_operands* operands) {
    return guard(host, [&] {
      in_arithmetic(arithmetic, [&]<class S>(S) {
        Rows<S>{as<Plugin>(instance), {widths, inputs}, *operands}.forward();
      });
    });
  }
  static steppe_status backward(const void* instance, const steppe_host* host,
                                steppe_arithmetic arithmetic, const std::uint64_t* widths,
                                const steppe_layer_operands* operands) {
    return guard(host, [&] {
      in_arithmetic(arithmetic, [&]<class S>(S) {
        Rows<S>{as<Plugin>(instance), {widths, inputs}, *operands}.backward();
      });
    });
  }

 private:
  template <class Work>
  static void in_arithmetic(steppe_arithmetic arithmetic, const Work& work) {
    switch (arithmetic) {
      case STEPPE_F32:
        return work(float{});
      case STEPPE_F64:
        return work(double{});
      case STEPPE_DUAL32:
        return work(Dual<float>{});
      case STEPPE_DUAL64:
        return work(Dual<double>{});
      default:
        throw Error{"it was asked for an arithmetic it does not know", STEPPE_NOT_SUPPORTED};
    }
  }

  /// The operands of a call as spans, one row after the other.
  template <class S>
  struct Rows {
    Rows(const Plugin& of, Widths input_widths, const steppe_layer_operands& operands)
        : layer{of},
          widths{input_widths},
          at{operands},
          width{columns(of, input_widths)},
          values{static_cast<const S*>(at.weights), weights(of, input_widths)} {}

    void forward() {
      for (std::size_t r = 0; r < at.rows; ++r) {
        find_inputs(r);
        layer.forward(LayerRow<S>{x[0], values, {static_cast<S*>(at.y) + r * width, width}, x});
      }
    }

    void backward() {
      std::vector<SumOf<S>> sums(values.size());
      for (std::size_t r = 0; r < at.rows; ++r) {
        find_inputs(r);
        find_gradients(r);
        layer.backward(LayerGradient<S>{
            x[0], values, {static_cast<const S*>(at.dy) + r * width, width}, dx[0], sums, x, dx});
      }
      if (at.dweights)
        std::ranges::transform(sums, static_cast<S*>(at.dweights),
                               [](const SumOf<S>& sum) { return static_cast<S>(sum); });
    }

   private:
    void find_inputs(std::size_t r) {
      for (std::size_t j = 0; j < inputs; ++j)
        x[j] = {static_cast<const S*>(at.x[j]) + r * widths[j], widths[j]};
    }
    /// Where nobody asked for one, the layer writes into memory that is thrown away.
    void find_gradients(std::size_t r) {
      for (std::size_t j = 0; j < inputs; ++j) {
        unasked[j].resize(at.dx[j] ? 0 : widths[j]);
        S* const to = at.dx[j] ? static_cast<S*>(at.dx[j]) + r * widths[j] : unasked[j].data();
        dx[j] = {to, widths[j]};
        std::ranges::fill(dx[j], S(0));
      }
    }

    const Plugin& layer;
    Widths widths;
    const steppe_layer_operands& at;
    std::size_t width;
    std::span<const S> values;  ///< of the weights
    std::array<std::span<const S>, inputs> x;
    std::array<std::span<S>, inputs> dx;
    std::array<std::vector<S>, inputs> unasked;
  };
};

}  // namespace detail

template <Layer Plugin>
std::unique_ptr<Stage> layer(const About& about) {
  using Bridge = detail::LayerBridge<Plugin>;
  static constexpr steppe_layer functions{
      .size = sizeof(steppe_layer),
      .inputs = Bridge::inputs,
      .shape = Bridge::shape,
      .initialise = Bridge::initialises ? Bridge::initialise : nullptr,
      .forward = Bridge::forward,
      .backward = Bridge::backward};
  return std::make_unique<detail::StageOf<Plugin>>("layer", about, &functions);
}

}  // namespace steppe
