// Jets as they might have been as well: turned around their axis, mirrored, smeared.
//
// Acts on raw constituents. With (x, y) = (eta - eta_jet, phi - phi_jet) a turn by the angle a
// gives (x cos a - y sin a, x sin a + y cos a), a mirror x -> -x, smearing pT -> pT max(0, 1 +
// sigma n) with a standard normal n. A constituent keeps its mass under the first two; the third
// scales its four-vector.
#include <steppe/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using steppe::Columns;
using steppe::Error;

constexpr double pi = 3.14159265358979324;

/// Places of the columns of one slot.
struct Slot {
  std::size_t pt = 0, eta = 0, phi = 0;
  std::optional<std::size_t> filled, energy, relpt, rele;
};

struct Layout {
  std::vector<Slot> slots;
  std::size_t jet_eta = 0, jet_phi = 0;
};

struct Augment {
  struct Parameters {
    bool rotate = true;
    bool flip = true;
    double smear_pt = 0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::rotate>("turn the constituents around the jet's axis"),
          steppe::field<&Parameters::flip>("mirror every other jet in eta - eta_jet"),
          steppe::field<&Parameters::smear_pt>("relative deviation of the constituents' pT",
                                               steppe::between(0, 1)));
    }
    void remark(const steppe::Host& host) const {
      if (!rotate && !flip && smear_pt == 0)
        host.note("augment neither rotates, flips nor smears: events stay as they are");
    }
  };
  Parameters parameters;

  Columns columns(const Columns& input) const {
    find(input);
    return input;
  }

  void apply(const steppe::Host& host, const Columns& input, const steppe::Rows& rows,
             const steppe::RowSink& sink) const {
    const auto layout = find(input);
    const auto random = host.random("augment");
    std::vector<float> values{rows.values, rows.values + rows.count * rows.columns};
    for (std::size_t r = 0; r < rows.count; ++r)
      change(values.data() + r * rows.columns, layout,
             steppe::Stream{random.key, random.stream, rows.event_ids[r]});
    sink.append(values, rows.event_ids);
  }

 private:
  /// Draw 0 is the angle, 1 the mirror, 2 + n the smearing of slot n, whatever is asked for.
  void change(float* row, const Layout& layout, steppe::Stream stream) const {
    const double angle = 2 * pi * double{stream.uniform()};
    const bool mirrored = stream.uniform() < 0.5F && parameters.flip;
    const double cosine = parameters.rotate ? std::cos(angle) : 1;
    const double sine = parameters.rotate ? std::sin(angle) : 0;
    for (const auto& slot : layout.slots) {
      const double scale = std::max(0.0, 1 + parameters.smear_pt * double{stream.normal()});
      if (!(row[slot.filled.value_or(slot.pt)] > 0)) continue;
      const double x = double{row[slot.eta]} - double{row[layout.jet_eta]};
      const double y = std::remainder(double{row[slot.phi]} - double{row[layout.jet_phi]}, 2 * pi);
      const double turned = x * cosine - y * sine;
      if (parameters.rotate || parameters.flip)
        move(row, slot, double{row[layout.jet_eta]} + (mirrored ? -turned : turned),
             double{row[layout.jet_phi]} + x * sine + y * cosine);
      for (const auto& place : {std::optional{slot.pt}, slot.energy, slot.relpt, slot.rele})
        if (place) row[*place] = static_cast<float>(double{row[*place]} * scale);
    }
  }

  /// Another direction, the same pT and mass.
  static void move(float* row, const Slot& slot, double eta, double phi) {
    if (slot.energy) {
      const double pt = row[slot.pt], before = row[*slot.energy];
      const double old_momentum = pt * std::cosh(double{row[slot.eta]});
      const double new_momentum = pt * std::cosh(eta);
      const double mass_squared = std::max(0.0, before * before - old_momentum * old_momentum);
      const double energy = std::sqrt(mass_squared + new_momentum * new_momentum);
      row[*slot.energy] = static_cast<float>(energy);
      if (slot.rele && before > 0)
        row[*slot.rele] = static_cast<float>(double{row[*slot.rele]} * energy / before);
    }
    row[slot.eta] = static_cast<float>(eta);
    row[slot.phi] = static_cast<float>(std::remainder(phi, 2 * pi));
  }

  static Layout find(const Columns& input) {
    std::unordered_map<std::string_view, std::size_t> index;
    for (std::size_t i = 0; i < input.size(); ++i) index.emplace(input.items[i].name, i);
    const auto optional = [&](const std::string& name) -> std::optional<std::size_t> {
      const auto found = index.find(name);
      if (found == index.end()) return std::nullopt;
      return found->second;
    };
    const auto needed = [&](const std::string& name) {
      const auto place = optional(name);
      if (!place)
        throw Error{"the input has no column '" + name +
                    "'; augment takes the raw columns of a jet reader, before jet_features"};
      return *place;
    };
    Layout out;
    out.jet_eta = needed("jet.eta");
    out.jet_phi = needed("jet.phi");
    do {
      const auto prefix = "constituent." + std::to_string(out.slots.size()) + ".";
      out.slots.push_back({needed(prefix + "pt"), needed(prefix + "eta"), needed(prefix + "phi"),
                           optional(prefix + "filled"), optional(prefix + "e"),
                           optional(prefix + "relpt"), optional(prefix + "rele")});
    } while (index.contains("constituent." + std::to_string(out.slots.size()) + ".pt"));
    return out;
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::transform<Augment>({
    .name = "augment",
    .summary = "turns, mirrors and smears the raw constituents of jets",
    .text = "Every jet is replaced by one that might have been as well; event ids stay, and no "
            "event is added. `rotate` turns the constituents by a uniform angle around the jet's "
            "axis in the plane of (eta, phi), `flip` mirrors half of the jets in eta - eta_jet, "
            "`smear_pt` multiplies each constituent's four-vector by max(0, 1 + smear_pt n) with a "
            "standard normal n. Energies follow; the columns of the jet, and the distance `dr`, "
            "stay as they were measured.\n\nThe random numbers belong to the pipeline's seed and "
            "the event, so simulations of the same hard event are turned alike, and a training "
            "sees the same jet in every epoch. Transform the data set that is trained on, and "
            "leave the one that is tested on as it is.",
    .example = "[transform.turned]\nuse      = \"augment\"\nsmear_pt = 0.05\ninput    = "
               "[\"pythia\"]",
}))
