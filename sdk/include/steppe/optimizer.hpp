// Optimizers: flat weights, their gradient and state -> weights moved.
//
//   struct Momentum {
//     static constexpr std::array state{"velocity"};              // flat buffers, zero at the
//     start void step(const steppe::OptimizerStep& s) const {
//       s.state[0].combine(1, s.gradient, 0.9F);
//       s.weights.add(-float(rate * s.learning_rate_factor), s.state[0]);
//     }
//   };
#pragma once

#include <steppe/plugin.hpp>
#include <steppe/tensor.hpp>

#include <array>

namespace steppe {

/// One step. All tensors are flat buffers of one layout; their padding stays zero.
struct OptimizerStep {
  std::uint64_t number;         ///< counts from 1
  double learning_rate_factor;  ///< from the trainer's schedule
  Tensor gradient;
  std::span<const Tensor> state;
  Tensor weights;
};

template <class T>
concept Optimizer = requires(const T& optimizer, const OptimizerStep& step) {
  T::state.size();
  optimizer.step(step);
};

template <Optimizer Plugin>
std::unique_ptr<Stage> optimizer(const About& about) {
  static constexpr auto names = [] {
    std::array<const char*, Plugin::state.size() + 1> out{};
    for (std::size_t i = 0; i < Plugin::state.size(); ++i) out[i] = Plugin::state[i];
    return out;
  }();
  static constexpr steppe_optimizer functions{
      .size = sizeof(steppe_optimizer),
      .state = names.data(),
      .step = [](const void* instance, const steppe_host* host, std::uint64_t number, double factor,
                 const steppe_tensor* gradient, steppe_tensor* const* state,
                 steppe_tensor* weights) {
        return detail::guard(host, [&] {
          std::array<Tensor, Plugin::state.size()> buffers;
          for (std::size_t i = 0; i < buffers.size(); ++i) buffers[i] = Tensor{host, state[i]};
          detail::as<Plugin>(instance).step(
              {number, factor, Tensor{host, gradient}, buffers, Tensor{host, weights}});
        });
      }};
  return std::make_unique<detail::StageOf<Plugin>>("optimizer", about, &functions);
}

}  // namespace steppe
