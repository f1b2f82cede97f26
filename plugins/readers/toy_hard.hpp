// The hard events of the toy: which partons a jet starts from. They are drawn from the seed, the
// class and the number of the event, never from the simulation, so event i of a class is the same
// hard event in both simulations and only its shower differs.
//
// Both classes have dN/dpT ~ pT^-5 in 400-1000 GeV, |eta| < 2.5 (triangular), and flat phi.
//   signal: H -> b bbar, m = 125 GeV, isotropic in the Higgs frame, both b within 0.8 of the H;
//   background: a quark that has emitted a gluon, or a gluon that has split, with a mass between
//   25 GeV and 0.4 pT, dN/dm ~ 1/m. Heavier and richer in heavy quarks than nature's, to be hard to
//   tell from the signal.
// The hard event is boosted so much that its partons are placed by the small-angle formulas.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "toy_math.hpp"

namespace steppe::toy {

/// PDG codes; `light` stands for u, d and s.
enum class Flavour { light = 1, charm = 4, bottom = 5, gluon = 21 };

/// Position relative to the axis of the hard event; pT in GeV.
struct Parton {
  Flavour flavour = Flavour::light;
  float pt = 0, eta = 0, phi = 0;
};

struct HardEvent {
  std::uint64_t id = 0;
  int type = 0;  ///< RS3L's jet type: 1 q, 2 c, 3 b, 4 H->bb, 5-8 g -> qq cc bb gg
  float pt = 0, eta = 0, phi = 0;  ///< of the Higgs, the quark or the gluon
  int parton_count = 1;
  std::array<Parton, 2> partons{};
  float opening = 0;  ///< distance of the two partons, 0 if there is one
};

inline constexpr float jet_radius = 0.8F;
inline constexpr float higgs_mass = 125.0F;

/// 2 index + (1 for signal), the seed above bit 40.
inline std::uint64_t event_id(std::uint64_t seed, bool signal, std::uint64_t index) {
  return (seed << 40U) | (2 * index + (signal ? 1 : 0));
}

/// Two massless partons from a parent of mass m and momentum pT >> m: fractions z and 1 - z, at a
/// distance m / (pT sqrt(z (1 - z))), the parent on their line at the centre of momentum.
inline void decay(HardEvent& event, Flavour flavour, float mass, float z, Direction around) {
  const float distance = mass / (event.pt * std::sqrt(z * (1 - z)));
  event.parton_count = 2;
  event.opening = distance;
  event.partons[0] = {flavour, z * event.pt, (1 - z) * distance * around.cosine,
                      (1 - z) * distance * around.sine};
  event.partons[1] = {flavour, (1 - z) * event.pt, -z * distance * around.cosine,
                      -z * distance * around.sine};
}

/// The larger distance of the two partons to their parent.
inline bool inside_jet(const HardEvent& event, float z) {
  return event.opening * std::max(z, 1 - z) < jet_radius;
}

inline void decay_higgs(HardEvent& event, Stream& stream) {
  float z = 0;
  do {
    z = 0.5F + (stream.uniform() - 0.5F) * 0.999F;  // (1 + cos theta*) / 2 at high momentum
    decay(event, Flavour::bottom, higgs_mass, z, direction(stream.uniform()));
  } while (!inside_jet(event, z));
}

/// The first, hard splitting of a quark or gluon, inside the jet. z is
/// the fraction of the first parton: flat for a pair of quarks, 1 / (1 - z) for an emitted gluon.
inline void split(HardEvent& event, Flavour first, Flavour second, Stream& stream) {
  const bool pair = second != Flavour::gluon;
  constexpr float lightest = 25.0F;
  const float range = logarithm(event.pt * 0.4F / lightest);
  float z = 0;
  do {
    const float mass = lightest * exponential(range * stream.uniform());
    const float u = stream.uniform();
    z = pair ? 0.1F + 0.8F * u : 1 - 0.5F * exponential(-2.3F * u);
    decay(event, first, mass, z, direction(stream.uniform()));
  } while (!inside_jet(event, z));
  event.partons[1].flavour = second;
}

inline HardEvent hard_event(std::uint64_t seed, bool signal, std::uint64_t index) {
  HardEvent event;
  event.id = event_id(seed, signal, index);
  Stream stream{stream_key("steppe toy jets, hard event"), 0, event.id};
  // u -> pT by the inverse of the cumulative spectrum, with r = (400 / 1000)^4.
  event.pt = 400 * power_of(1 - stream.uniform() * (1 - 0.0256F), -0.25F);
  event.eta = 2.5F * (stream.uniform() + stream.uniform() - 1);
  event.phi = 6.28318531F * (stream.uniform() - 0.5F);
  if (signal) {
    event.type = 4;
    decay_higgs(event, stream);
    return event;
  }
  struct Share {
    float up_to;
    int type;
    Flavour first, second;
  };
  using enum Flavour;
  static constexpr std::array<Share, 7> shares{{{0.36F, 1, light, gluon},
                                                {0.42F, 2, charm, gluon},
                                                {0.48F, 3, bottom, gluon},
                                                {0.53F, 5, light, light},
                                                {0.60F, 6, charm, charm},
                                                {0.68F, 7, bottom, bottom},
                                                {1.00F, 8, gluon, gluon}}};
  const float pick = stream.uniform();
  std::size_t n = 0;
  while (n + 1 < shares.size() && pick >= shares[n].up_to) ++n;
  event.type = shares[n].type;
  split(event, shares[n].first, shares[n].second, stream);
  return event;
}

}  // namespace steppe::toy
