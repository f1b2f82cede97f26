// Tames heavy tails: y = x (1 + (w x)^2)^(-1/4), linear while |w x| is small and a signed square
// root far out, with one weight w a column that training moves.
//
// Energies, momenta and impact parameters have tails over decades; fixed logarithms treat every
// column alike, and kinks would leave the loss without second derivatives. Here are sums, products
// and square roots alone, so results have the same bits on every machine.
#include <steppe/layer.hpp>

namespace {

struct CompressTails {
  struct Parameters {
    double scale = 3;
    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::scale>(
          "where the tails begin before training: w starts at 1 / scale", steppe::above(0.0),
          steppe::unit("units of the columns")));
    }
  } parameters;

  std::size_t weights(steppe::Widths inputs) const { return inputs[0]; }

  void initialise(steppe::Widths, steppe::Stream&, std::span<float> weights) const {
    std::ranges::fill(weights, static_cast<float>(1 / parameters.scale));
  }

  template <class S>
  void forward(const steppe::LayerRow<S>& row) const {
    using std::sqrt;
    for (std::size_t i = 0; i < row.x.size(); ++i) {
      const S r = row.weights[i] * row.x[i];
      row.y[i] = row.x[i] / sqrt(sqrt(S(1) + r * r));
    }
  }

  // dy/dx = (1 + r^2 / 2) (1 + r^2)^(-5/4) and dy/dw = -x^2 r (1 + r^2)^(-5/4) / 2, with r = w x
  template <class S>
  void backward(const steppe::LayerGradient<S>& row) const {
    using std::sqrt;
    for (std::size_t i = 0; i < row.x.size(); ++i) {
      const S x = row.x[i], r = row.weights[i] * x, square = S(1) + r * r;
      const S slope = row.dy[i] / (square * sqrt(sqrt(square)));
      row.dx[i] += slope * (S(1) + r * r / S(2));
      row.dweights[i] -= slope * x * x * r / S(2);
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::layer<CompressTails>({
    .name = "compress_tails",
    .summary = "linear near zero, a signed square root in the tails, with a learnable scale",
    .text = "y = x (1 + (w x)^2)^(-1/4), with one weight w a column. Behind 'standardise' it keeps "
            "events of the tails from leading the first steps of a training; w = 0 is the "
            "identity.\n\nAll derivatives exist and are continuous.",
    .source = "the square root that steadies the variance of counts: M. S. Bartlett, J. R. Stat. "
              "Soc. Suppl. 3 (1936) 68",
    .example = "graph.add(\"compress_tails\", graph.input(), {{\"scale\", 3.0}})   // in a model's "
               "plugin",
}))
