// Gradient ascent path: how far the loss rises on a walk uphill of steps of one length, section
// IV.B of arXiv:2411.09296. An upper bound in the ball stands in for the mean over it, eq. 13.
//
//   x <- x + step * g / ||g||_2,  then back to the ball ||x - x0||_2 <= radius where one is asked
//   for
//
// The released code normalises each tensor of weights by itself and does not project; both are
// settings. In the space of inputs the norm is over the whole batch, as there.
#include <steppe/sharpness.hpp>

#include <cmath>
#include <vector>

namespace {

using steppe::Tensor;

enum class Norm { global, tensor };

struct GradientAscent {
  struct Parameters {
    std::int64_t steps = 15;
    double step = 0.01;
    Norm normalise = Norm::global;
    double radius = 0.0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::steps>("steps uphill", steppe::between(1, 100000)),
          steppe::field<&Parameters::step>("length of a step in Euclidean norm",
                                           steppe::above(0.0)),
          steppe::field<&Parameters::normalise>(
              "what one step's length is of: the whole gradient, or each tensor of weights",
              steppe::choices({"global", "tensor"})),
          steppe::field<&Parameters::radius>("radius of the Euclidean ball to stay in; 0: none",
                                             steppe::at_least(0.0)));
    }
  } parameters;

  void measure(steppe::Landscape& landscape, const steppe::Results& results) const {
    const auto count = static_cast<std::size_t>(parameters.steps) + 1;
    std::vector<double> step(count), rise(count, 0.0);
    double events = 0, start = 0;
    while (const auto piece = landscape.next()) {
      landscape.host().stop_if_cancelled();
      const auto losses = walk(*piece, landscape.in_weights());
      const auto weight = static_cast<double>(piece->events);
      for (std::size_t i = 0; i < count; ++i) rise[i] += weight * (losses[i] - losses[0]);
      start += weight * losses[0];
      events += weight;
    }
    for (std::size_t i = 0; i < count; ++i) {
      step[i] = static_cast<double>(i);
      rise[i] /= events;
    }
    results.value("loss", start / events);
    results.value("rise", rise.back());
    results.curve("ascent", "step", "rise", step, rise);
  }

 private:
  /// Losses at the start and after each step.
  std::vector<double> walk(const steppe::Piece& piece, bool in_weights) const {
    const auto& at = piece.point.values();
    const auto start = at.clone();
    const auto gradient = at.like();
    const auto way = parameters.radius > 0 ? at.like() : Tensor{};
    const auto values = piece.values();
    std::vector<double> losses;
    for (std::int64_t n = 0; n < parameters.steps; ++n) {
      piece.objective.evaluate(at, values, gradient);
      losses.push_back(values.mean());
      if (in_weights && parameters.normalise == Norm::tensor)
        normalise_segments(gradient);
      else if (const double length = gradient.norm(); length > 0)
        gradient.scale(static_cast<float>(1.0 / length));
      at.add(static_cast<float>(parameters.step), gradient);
      if (way) project(at, start, way);
    }
    losses.push_back(piece.loss(at, values));
    return losses;
  }

  /// Every tensor of the weights to length 1.
  static void normalise_segments(const Tensor& gradient) {
    const auto view = gradient.host();
    const auto row = view.row(0);
    for (const auto& segment : gradient.segments()) {
      const auto values = row.subspan(segment.offset, segment.rows * segment.columns);
      double square = 0;
      for (const float g : values) square += double{g} * double{g};
      if (square == 0) continue;
      const auto factor = static_cast<float>(1.0 / std::sqrt(square));
      for (float& g : values) g *= factor;
    }
  }

  /// `way` is overwritten.
  void project(const Tensor& at, const Tensor& start, const Tensor& way) const {
    way.copy_from(at);
    way.add(-1.0F, start);
    const double length = way.norm();
    if (length <= parameters.radius) return;
    at.copy_from(start);
    at.add(static_cast<float>(parameters.radius / length), way);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::sharpness<GradientAscent>({
    .name = "gradient_ascent",
    .summary = "how far the loss rises on a walk uphill",
    .text =
        "Gives `loss` at the minimum, `rise` after the last step, and the curve `ascent` of the "
        "rise after each step (zero at the minimum).\n\nAs in the paper: classes = \"each\" and "
        "the "
        "mean curve `ascent` of both. As in the released code besides: label = \"zero\", "
        "normalise = \"tensor\", batch_norm = \"batch\", and chain = true, with which the signal's "
        "walk starts on the weights where the background's ended, and walks of inputs on those "
        "where both have been.",
    .source = "section IV.B and eq. 13 of arXiv:2411.09296",
    .example = "[sharpness.uphill]\nuse    = \"gradient_ascent\"\nof     = \"fit\"\non     = "
               "\"features.{train}\"\nspace  = \"weights\"\nevents = 2048",
}))
