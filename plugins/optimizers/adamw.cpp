// AdamW: Adam with the weight decay taken out of the gradient (Loshchilov & Hutter,
// arXiv:1711.05101, algorithm 2; Kingma & Ba, arXiv:1412.6980), in PyTorch's order of operations:
//   w <- w (1 - rate decay)
//   m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2
//   w <- w - rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
#include <steppe/optimizer.hpp>

#include <cmath>

namespace {

struct AdamW {
  struct Parameters {
    double learning_rate = 1e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0.01;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::learning_rate>("length of a step", steppe::at_least(0.0)),
          steppe::field<&Parameters::beta1>("memory of the mean gradient",
                                            steppe::between(0.0, 1.0)),
          steppe::field<&Parameters::beta2>("memory of the mean squared gradient",
                                            steppe::between(0.0, 1.0)),
          steppe::field<&Parameters::epsilon>("added to the root of the mean square",
                                              steppe::above(0.0)),
          steppe::field<&Parameters::weight_decay>(
              "pull of all weights towards zero, per step and learning rate",
              steppe::at_least(0.0)));
    }

    void validate() const {
      if (beta1 == 1.0 || beta2 == 1.0)
        throw steppe::Error{"'beta1' and 'beta2' are below 1: at 1 nothing is ever learnt"};
    }

    void remark(const steppe::Host& host) const {
      if (learning_rate == 0) host.note("with 'learning_rate' 0 the weights stay as they are");
    }
  } parameters;

  static constexpr std::array state{"mean", "mean_square"};

  void step(const steppe::OptimizerStep& s) const {
    const auto& p = parameters;
    const double rate = p.learning_rate * s.learning_rate_factor;
    const auto t = static_cast<double>(s.number);
    const double bias1 = 1.0 - std::pow(p.beta1, t);
    const double bias2 = 1.0 - std::pow(p.beta2, t);

    s.weights.adam_step({.shrink = static_cast<float>(1.0 - rate * p.weight_decay),
                         .mean_new = static_cast<float>(1.0 - p.beta1),
                         .mean_kept = static_cast<float>(p.beta1),
                         .square_new = static_cast<float>(1.0 - p.beta2),
                         .square_kept = static_cast<float>(p.beta2),
                         .rate = static_cast<float>(rate / bias1),
                         .root_factor = static_cast<float>(1.0 / std::sqrt(bias2)),
                         .epsilon = static_cast<float>(p.epsilon)},
                        s.gradient, s.state[0], s.state[1]);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::optimizer<AdamW>({
    .name = "adamw",
    .summary = "Adam with decoupled weight decay",
    .text = "Weight decay acts on every trained value, biases and batch-norm included, as PyTorch "
            "does by default.",
    .source = "arXiv:1711.05101, algorithm 2; arXiv:1412.6980",
    .example = "[optimizer.adamw]\nlearning_rate = 1e-4\nweight_decay  = 1e-5",
}))
