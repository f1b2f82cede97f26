// Constituents of jets from the numbers that a file has of each: momenta along axes, pT with
// angles, or shares of the jet.
#pragma once

#include <steppe/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "four_vectors.hpp"

namespace steppe::jets {

/// Which of a constituent's numbers are what, by their names in the settings.
class Components {
 public:
  /// @throws Error when the names make no momentum.
  explicit Components(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "-") continue;
      const auto found = std::find(known.begin(), known.end(), names[i]);
      if (found == known.end())
        throw Error{"'components' has '" + names[i] + "'; there are " + listed() +
                    ", and '-' for what is passed over"};
      places_[static_cast<std::size_t>(found - known.begin())] = i;
    }
    cartesian_ = has(px) && has(py) && has(pz);
    const bool polar = has(pt) && has(eta) && has(phi);
    relative_ = has(ptrel) && has(etarel) && has(phirel);
    if (cartesian_ + polar + relative_ != 1)
      throw Error{
          "'components' needs 'px', 'py' and 'pz', or 'pt', 'eta' and 'phi', or 'ptrel', "
          "'etarel' and 'phirel'"};
  }

  /// Whether pT, eta and phi of the jet are needed.
  bool are_relative() const { return relative_; }

  /// `values`: a constituent's numbers in the order of the names; `axis`: the jet's pT, eta and
  /// phi.
  /// @returns nothing for padding: a `mask` of 0, or a pT of 0. @throws Error without a place.
  std::optional<Constituent> read(const std::vector<float>& values,
                                  const std::array<double, 3>& axis) const {
    const auto value = [&](Name name) { return has(name) ? double{values[*places_[name]]} : 0.0; };
    if (has(mask) && value(mask) <= 0) return std::nullopt;
    if (cartesian_ ? value(px) == 0 && value(py) == 0 && value(pz) == 0
                   : value(relative_ ? ptrel : pt) == 0)
      return std::nullopt;
    Constituent out;
    if (cartesian_) {
      const double massless = std::hypot(value(px), value(py), value(pz));
      out = from_cartesian(has(e) ? value(e) : massless, value(px), value(py), value(pz));
    } else if (relative_) {
      out = from_pseudorapidity(value(ptrel) * axis[0], value(etarel) + axis[1],
                                value(phirel) + axis[2], 0);
    } else {
      out = from_pseudorapidity(value(pt), value(eta), value(phi), 0);
      if (has(e)) out.e = value(e);
    }
    add_rest(value, out);
    require_sane(out);
    return out;
  }

 private:
  enum Name { e, px, py, pz, pt, eta, phi, ptrel, etarel, phirel, pdgid, charge, d0, dz, mask };
  static constexpr std::array<const char*, 15> known{"e",     "px",     "py",    "pz",     "pt",
                                                     "eta",   "phi",    "ptrel", "etarel", "phirel",
                                                     "pdgid", "charge", "d0",    "dz",     "mask"};

  static std::string listed() {
    std::string out;
    for (const auto* name : known) out += (out.empty() ? "'" : ", '") + std::string{name} + "'";
    return out;
  }

  bool has(Name name) const { return places_[name].has_value(); }

  template <class Value>
  void add_rest(const Value& value, Constituent& out) const {
    out.pdgid = static_cast<float>(value(pdgid));
    out.d0 = static_cast<float>(value(d0));
    out.dz = static_cast<float>(value(dz));
    const bool is_id = std::abs(value(pdgid)) < 2e9;
    out.charge = has(charge) ? static_cast<float>(value(charge))
                 : is_id     ? particle_of(static_cast<int>(value(pdgid))).charge
                             : NAN;
  }

  static void require_sane(const Constituent& c) {
    const bool sane = c.pt > 0 && c.pt < 1e5 && std::abs(c.eta) < 20 && std::isfinite(c.phi) &&
                      c.e > 0 && c.e < 1e12 && std::isfinite(c.charge + c.pdgid + c.d0 + c.dz);
    if (!sane)
      throw Error{"pT " + std::to_string(c.pt) + ", eta " + std::to_string(c.eta) + ", phi " +
                  std::to_string(c.phi) + ", E " + std::to_string(c.e) + ", pdgid " +
                  std::to_string(c.pdgid)};
  }

  std::array<std::optional<std::size_t>, known.size()> places_;
  bool cartesian_ = false, relative_ = false;
};

}  // namespace steppe::jets
