// Layers for tests: two inputs of different width with a weight a row, one with settings of every
// type, one that fails.
#include <steppe/layer.hpp>

namespace {

/// y = a / (1 + exp(-(w . b))), with one weight a column of b.
struct Gate {
  static constexpr std::size_t inputs = 2;

  std::size_t columns(steppe::Widths widths) const { return widths[0]; }
  std::size_t weights(steppe::Widths widths) const { return widths[1]; }
  void initialise(steppe::Widths, steppe::Stream& random, std::span<float> weights) const {
    for (float& weight : weights) weight = random.normal();
  }

  template <class S>
  static S open(std::span<const S> weights, std::span<const S> b) {
    using std::exp;
    S sum = 0;
    for (std::size_t i = 0; i < b.size(); ++i) sum += weights[i] * b[i];
    return S(1) / (S(1) + exp(-sum));
  }
  template <class S>
  void forward(const steppe::LayerRow<S>& row) const {
    const S gate = open(row.weights, row.inputs[1]);
    for (std::size_t i = 0; i < row.x.size(); ++i) row.y[i] = gate * row.x[i];
  }
  template <class S>
  void backward(const steppe::LayerGradient<S>& row) const {
    const S gate = open(row.weights, row.inputs[1]);
    S slope = 0;
    for (std::size_t i = 0; i < row.x.size(); ++i) {
      row.dx[i] += row.dy[i] * gate;
      slope += row.dy[i] * row.x[i] * gate * (S(1) - gate);
    }
    for (std::size_t i = 0; i < row.inputs[1].size(); ++i) {
      row.dinputs[1][i] += slope * row.weights[i];
      row.dweights[i] += slope * row.inputs[1][i];
    }
  }
};

/// y = limit tanh(x / limit), or its negative.
struct SoftClip {
  struct Parameters {
    double limit = 2;
    bool negative = false;
    std::string note = "none";
    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::limit>("largest magnitude", steppe::above(0.0)),
          steppe::field<&Parameters::negative>("turn the sign"),
          steppe::field<&Parameters::note>("says nothing", steppe::choices({"none", "some"})));
    }
    void validate() const {
      if (limit == 13) throw steppe::Error{"'limit' is 13, which is no good; take another"};
    }
  } parameters;

  template <class S>
  S scale() const {
    return S(parameters.negative ? -parameters.limit : parameters.limit);
  }
  template <class S>
  void forward(const steppe::LayerRow<S>& row) const {
    using std::tanh;
    for (std::size_t i = 0; i < row.x.size(); ++i)
      row.y[i] = scale<S>() * tanh(row.x[i] / S(parameters.limit));
  }
  template <class S>
  void backward(const steppe::LayerGradient<S>& row) const {
    using std::tanh;
    for (std::size_t i = 0; i < row.x.size(); ++i) {
      const S t = tanh(row.x[i] / S(parameters.limit));
      row.dx[i] += row.dy[i] * scale<S>() / S(parameters.limit) * (S(1) - t * t);
    }
  }
};

struct Failing {
  template <class S>
  void forward(const steppe::LayerRow<S>&) const {
    throw steppe::Error{"it gives up"};
  }
  template <class S>
  void backward(const steppe::LayerGradient<S>&) const {}
};

}  // namespace

STEPPE_PLUGIN(steppe::layer<Gate>({.name = TEST_GATE, .summary = "a gate"}),
              steppe::layer<SoftClip>({.name = "soft_clip", .summary = "clips softly"}),
              steppe::layer<Failing>({.name = "failing", .summary = "fails"}))
