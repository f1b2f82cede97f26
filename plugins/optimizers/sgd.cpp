// Stochastic gradient descent with momentum, in PyTorch's convention:
//   g <- g + decay w,  u <- momentum u + g,  w <- w - rate (g + momentum u  or  u)
#include <steppe/optimizer.hpp>

namespace {

struct Sgd {
  struct Parameters {
    double learning_rate = 0.01;
    double momentum = 0.0;
    bool nesterov = false;
    double weight_decay = 0.0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::learning_rate>("length of a step", steppe::at_least(0.0)),
          steppe::field<&Parameters::momentum>("part of the last velocity that is kept",
                                               steppe::between(0.0, 1.0)),
          steppe::field<&Parameters::nesterov>("look ahead along the velocity"),
          steppe::field<&Parameters::weight_decay>("pull of all weights towards zero, added to "
                                                   "the gradient",
                                                   steppe::at_least(0.0)));
    }

    void validate() const {
      if (nesterov && momentum == 0.0) throw steppe::Error{"'nesterov' needs a 'momentum' above 0"};
    }

    void remark(const steppe::Host& host) const {
      if (learning_rate == 0) host.note("with 'learning_rate' 0 the weights stay as they are");
    }
  } parameters;

  static constexpr std::array state{"velocity"};

  void step(const steppe::OptimizerStep& s) const {
    const auto& p = parameters;
    const auto rate = static_cast<float>(p.learning_rate * s.learning_rate_factor);
    const auto momentum = static_cast<float>(p.momentum);
    const auto& velocity = s.state[0];

    velocity.combine(1.0F, s.gradient, momentum);
    velocity.add(static_cast<float>(p.weight_decay), s.weights);
    if (p.nesterov) {
      const auto ahead = s.gradient.clone();
      ahead.add(static_cast<float>(p.weight_decay), s.weights);
      ahead.add(momentum, velocity);
      s.weights.add(-rate, ahead);
    } else {
      s.weights.add(-rate, velocity);
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::optimizer<Sgd>({
    .name = "sgd",
    .summary = "stochastic gradient descent, with momentum if asked",
    .source = "Sutskever et al., ICML 2013, in the convention of PyTorch",
    .example = "[optimizer.sgd]\nlearning_rate = 0.1\nmomentum      = 0.9",
}))
