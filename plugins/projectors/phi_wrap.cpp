// Angles by one name: x' = x + 2 pi k in (-pi, pi].
//
// A walk goes on from the angle that was not wrapped: the ball around the clean event knows nothing
// of the seam, and would pull a wrapped value to its far side.
#include <steppe/projector.hpp>

#include <cmath>

namespace {

constexpr double pi = 3.14159265358979324;
constexpr auto edge = static_cast<float>(pi);

/// Into (-pi, pi], with pi the float nearest to it; what is inside keeps its bits.
float wrapped(float phi) {
  if ((phi > -edge && phi <= edge) || !std::isfinite(phi)) return phi;
  const auto wide = double{phi};
  const auto turned = static_cast<float>(wide - 2 * pi * std::ceil((wide - pi) / (2 * pi)));
  // Rounding may end on the border, on either side of it.
  return turned > -edge ? std::fmin(turned, edge) : edge;
}

struct PhiWrap {
  static constexpr bool each_step = false;

  struct Parameters {
    std::vector<std::string> columns{"*.phi", "*.delta_phi"};

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::columns>(
          "columns by name, '*' for any characters, of those with the unit rad"));
    }
  } parameters;

  void project(const steppe::Columns& columns, const steppe::Tensor&,
               const steppe::Tensor& after) const {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto& column = columns.items[i];
      if (column.unit == "rad" && steppe::any_matches(parameters.columns, column.name))
        chosen.push_back(i);
    }
    if (chosen.empty()) throw steppe::Error{"'columns' covers no feature column with the unit rad"};
    steppe::change_columns(after, chosen, wrapped);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::projector<PhiWrap>({
    .name = "phi_wrap",
    .summary = "wraps angles to (-pi, pi]",
    .text = "An attack in several steps goes on from the angle that was not wrapped, so that its "
            "ball is not cut at the seam.",
    .example = "[attack.fgsm]\nproject = [\"phi_wrap\"]",
}))
