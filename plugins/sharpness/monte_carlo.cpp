// The mean rise of the loss at one distance from the minimum, eq. 12 of arXiv:2411.09296: the mean
// over random directions. Exact in the limit of many draws; its uncertainty falls with their root.
#include <steppe/sharpness.hpp>

#include <cmath>
#include <vector>

namespace {

using steppe::Tensor;

enum class Draw { sphere, gaussian };

struct MonteCarlo {
  struct Parameters {
    double rho = 0.05;
    std::int64_t draws = 100;
    Draw from = Draw::sphere;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::rho>(
              "distance from the minimum, or its root mean square for 'gaussian'",
              steppe::above(0.0)),
          steppe::field<&Parameters::draws>("random directions", steppe::at_least(2)),
          steppe::field<&Parameters::from>("where the displacements are drawn from",
                                           steppe::choices({"sphere", "gaussian"})));
    }
  } parameters;

  void measure(steppe::Landscape& landscape, const steppe::Results& results) const {
    const auto draws = static_cast<std::size_t>(parameters.draws);
    std::vector<double> rise(draws, 0.0);
    double events = 0;
    std::uint64_t number = 0;
    while (const auto piece = landscape.next()) {
      landscape.host().stop_if_cancelled();
      const auto& minimum = piece->point.values();
      const auto at = minimum.like();
      const auto values = piece->values();
      const double base = piece->loss(minimum, values);
      const auto weight = static_cast<double>(piece->events);
      for (std::size_t i = 0; i < draws; ++i, ++number) {
        draw(landscape.host(), *piece, number, at);
        at.add(1.0F, minimum);
        rise[i] += weight * (piece->loss(at, values) - base);
      }
      events += weight;
    }
    double mean = 0, square = 0;
    for (double& r : rise) mean += (r /= events) / static_cast<double>(draws);
    for (const double r : rise) square += (r - mean) * (r - mean);
    const auto n = static_cast<double>(draws);
    results.value("mean_rise", mean, std::sqrt(square / (n - 1) / n));
  }

 private:
  /// A displacement of the piece's point: of length rho (each event's own in the space of inputs),
  /// or with independent normal entries of that root mean square length.
  void draw(const steppe::Host& host, const steppe::Piece& piece, std::uint64_t number,
            const Tensor& to) const {
    auto random = host.random("direction");
    random.stream = number;
    const auto entries = static_cast<double>(piece.point.entries());
    const bool sphere = parameters.from == Draw::sphere;
    const double sigma = sphere ? 1.0 : parameters.rho / std::sqrt(entries);
    to.fill_normal(random, piece.point.row_ids(), static_cast<float>(sigma));
    if (const auto mask = piece.point.mask()) to.multiply(mask);
    if (!sphere) return;
    const auto view = to.host();
    for (std::size_t r = 0; r < view.rows(); ++r) {
      double square = 0;
      for (const float x : view.row(r)) square += double{x} * double{x};
      if (square == 0) continue;
      const auto factor = static_cast<float>(parameters.rho / std::sqrt(square));
      for (float& x : view.row(r)) x *= factor;
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::sharpness<MonteCarlo>({
    .name = "monte_carlo",
    .summary = "mean rise of the loss in random directions",
    .text =
        "Gives `mean_rise` with the standard error over the draws. In the space of inputs every "
        "event is displaced by itself.",
    .source = "eqs. 11 and 12 of arXiv:2411.09296",
    .example = "[sharpness.around]\nuse   = \"monte_carlo\"\nof    = \"fit\"\non    = "
               "\"features.{train}\"\nrho   = 0.05\ndraws = 100",
}))
