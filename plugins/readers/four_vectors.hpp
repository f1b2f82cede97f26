// Jets from the four-vectors of their constituents, as rows of the raw columns that all jet readers
// give: what a file does not hold is computed, or 0.
//
// Constituents are sorted by falling pT; the jet is the sum of all of them, also of those beyond
// the slots (E scheme).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "jet_columns.hpp"

namespace steppe::jets {

/// GeV, rad, mm.
struct Constituent {
  double px = 0, py = 0, pz = 0, e = 0;
  double pt = 0, eta = 0, phi = 0;
  float charge = 0, pdgid = 0, d0 = 0, dz = 0;
};

/// Into (-pi, pi].
inline double wrapped(double phi) {
  constexpr double pi = std::numbers::pi;
  return phi - 2 * pi * std::ceil((phi - pi) / (2 * pi));
}

/// Mass [GeV] and charge of particles that reach a detector; other ids have neither.
struct Particle {
  int id;
  double mass;
  float charge;
};
inline constexpr std::array<Particle, 14> particles{{{11, 0.000511, -1},
                                                     {13, 0.105658, -1},
                                                     {130, 0.497611, 0},
                                                     {211, 0.139570, 1},
                                                     {310, 0.497611, 0},
                                                     {321, 0.493677, 1},
                                                     {2112, 0.939565, 0},
                                                     {2212, 0.938272, 1},
                                                     {3112, 1.197449, -1},
                                                     {3122, 1.115683, 0},
                                                     {3222, 1.189370, 1},
                                                     {3312, 1.321710, -1},
                                                     {3322, 1.314860, 0},
                                                     {3334, 1.672450, -1}}};

inline Particle particle_of(int id) {
  for (const auto& particle : particles)
    if (particle.id == std::abs(id))
      return {id, particle.mass, id < 0 ? -particle.charge : particle.charge};
  return {id, 0, 0};
}

inline Constituent from_cartesian(double e, double px, double py, double pz) {
  const double pt = std::hypot(px, py);
  return {px, py, pz, e, pt, std::asinh(pz / pt), std::atan2(py, px)};
}

inline Constituent from_pseudorapidity(double pt, double eta, double phi, double mass) {
  const double pz = pt * std::sinh(eta);
  return {pt * std::cos(phi),
          pt * std::sin(phi),
          pz,
          std::sqrt(pt * pt + pz * pz + mass * mass),
          pt,
          eta,
          wrapped(phi)};
}

inline Constituent from_rapidity(double pt, double rapidity, double phi, double mass) {
  // pz = mT sinh(y), and sinh(eta) = pz / pT.
  const double transverse_mass = std::sqrt(pt * pt + mass * mass);
  return from_pseudorapidity(pt, std::asinh(transverse_mass * std::sinh(rapidity) / pt), phi, mass);
}

class JetWriter {
 public:
  explicit JetWriter(std::size_t slots) : slots_{slots} {}

  /// One row of `row_width(slots)` zeros. There is at least one constituent, and each has a pT
  /// above 0; they are sorted here.
  void write(std::vector<Constituent>& constituents, float label, float* row) const {
    std::stable_sort(constituents.begin(), constituents.end(),
                     [](const Constituent& a, const Constituent& b) { return a.pt > b.pt; });
    Constituent sum;
    for (const auto& c : constituents) {
      sum.px += c.px;
      sum.py += c.py;
      sum.pz += c.pz;
      sum.e += c.e;
    }
    const double energy = sum.e;
    sum = from_cartesian(energy, sum.px, sum.py, sum.pz);
    const auto filled = std::min(slots_, constituents.size());
    for (std::size_t slot = 0; slot < filled; ++slot)
      write_slot(constituents[slot], sum, row + slot * slot_width);

    const double mass2 = energy * energy - sum.pt * sum.pt - sum.pz * sum.pz;
    const std::array<double, jet_columns.size()> jet{sum.pt,
                                                     sum.eta,
                                                     sum.phi,
                                                     energy,
                                                     std::sqrt(std::max(mass2, 0.0)),
                                                     static_cast<double>(constituents.size()),
                                                     0};
    float* out = row + slots_ * slot_width;
    for (std::size_t i = 0; i < jet.size(); ++i) out[i] = static_cast<float>(jet[i]);
    out[jet.size()] = label;
  }

 private:
  static void write_slot(const Constituent& c, const Constituent& jet, float* out) {
    const double distance = std::hypot(c.eta - jet.eta, wrapped(c.phi - jet.phi));
    const std::array<double, 7> real{c.pt, c.pt / jet.pt, c.eta, c.phi, distance, c.e, c.e / jet.e};
    for (std::size_t i = 0; i < real.size(); ++i) out[i] = static_cast<float>(real[i]);
    const std::array<float, 5> rest{c.charge, c.pdgid, c.d0, c.dz, 1.0F};
    std::copy(rest.begin(), rest.end(), out + real.size());
  }

  std::size_t slots_;
};

}  // namespace steppe::jets
