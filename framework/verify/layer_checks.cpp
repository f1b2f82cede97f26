#include "framework/verify/layer_checks.hpp"

#include "framework/plugin/layer_calls.hpp"
#include "framework/verify/checks.hpp"

#include <steppe/random.hpp>

#include <cmath>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

using Values = std::vector<double>;
using Moving = std::vector<Dual<double>>;

/// Even, for layers that cut their input in two.
constexpr std::size_t width = 6, rows = 9;

Values drawn(std::size_t count, std::uint64_t key) {
  Values out(count);
  Stream random{key};
  for (double& value : out) value = static_cast<double>(random.normal());
  return out;
}

double distance(const Values& got, const Values& wanted) {
  double apart = 0, size = 1e-300;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    apart += (got[i] - wanted[i]) * (got[i] - wanted[i]);
    size += wanted[i] * wanted[i];
  }
  return std::sqrt(apart / size);
}

/// d(dy . y)/dx for every entry x of `moving`, one after the other.
template <class Forward>
Values slopes(Moving& moving, const Values& dy, const Forward& forward) {
  Values out;
  for (auto& entry : moving) {
    entry.tangent = 1;
    double slope = 0;
    const auto y = forward();
    for (std::size_t i = 0; i < y.size(); ++i) slope += dy[i] * y[i].tangent;
    out.push_back(slope);
    entry.tangent = 0;
  }
  return out;
}

}  // namespace

std::string fault_of_backward(const plugin::StageInfo& layer) {
  const auto inputs = plugin::functions_of<steppe_layer>(layer).inputs;
  const plugin::LayerCalls calls{std::make_shared<const plugin::StageInfo>(layer),
                                 plugin::default_settings(layer),
                                 std::vector<std::size_t>(inputs, width)};
  std::vector<Values> x;
  for (std::size_t j = 0; j < inputs; ++j) x.push_back(drawn(rows * width, 10 + j));
  const auto weights = drawn(calls.weights(), 10 + inputs);
  const auto dy = drawn(rows * calls.columns(), 30);
  const auto gradient = calls.backward<double>(
      rows, x, weights, dy, {std::vector<bool>(inputs, true), calls.weights() > 0});

  std::vector<Moving> moving;
  for (const auto& input : x) moving.emplace_back(input.begin(), input.end());
  Moving moving_weights(weights.begin(), weights.end());
  const auto forward = [&] { return calls.forward<Dual<double>>(rows, moving, moving_weights); };
  const auto fault = [](const std::string& of, double apart) {
    return apart < 1e-10
               ? ""
               : fmt::format("the gradient of {} is off by {:.1e} of its size", of, apart);
  };
  for (std::size_t j = 0; j < inputs; ++j) {
    const auto apart = distance(gradient.x[j], slopes(moving[j], dy, forward));
    if (auto wrong = fault(fmt::format("input {}", j), apart); !wrong.empty()) return wrong;
  }
  return fault("the weights", distance(gradient.weights, slopes(moving_weights, dy, forward)));
}

std::vector<Check> layer_checks(const Subject& subject) {
  const auto* stage = &subject.stage;
  return {{subject.title(), "has the derivative of 'forward' as its 'backward'", [stage] {
             for (const auto& p : stage->parameters)
               if (p.required)
                 throw LeftOut{fmt::format("'{}' is required, and models alone give it", p.name)};
             return fault_of_backward(*stage);
           }}};
}

}  // namespace steppe::verify
