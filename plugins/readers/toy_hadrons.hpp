// Hadrons of the toy: what a detector sees of the partons at the end of a shower.
//
// A parton or a decaying hadron of momentum p falls apart in a chain: each hadron takes a fraction
// z of what is left, with density n (1-z)^(n-1) and at least 1 GeV, so that n is the number of
// hadrons a unit of log p; it leaves at the angle k / p with the transverse momentum k of a
// two-dimensional Gaussian. b and c quarks first give a hadron with most of the momentum, which
// flies
//   L = pT / m  c tau  (-log u)   in the transverse plane (c tau = 0.45 mm for b, 0.2 mm for c)
// and falls apart there. A track that leaves at (delta eta, delta phi) from the direction of flight
// has d0 = L sin(delta phi) ~ L delta phi and dz = -L cosh(eta) delta eta. K0_S (c tau 26.8 mm) and
// the resolution blur that for all jets.
#pragma once

#include "toy_shower.hpp"

namespace steppe::toy {

/// Position relative to the axis of the hard event; pT in GeV, d0 and dz in mm.
struct Candidate {
  float pt = 0, eta = 0, phi = 0;
  int charge = 0;
  int pdgid = 0;
  float d0 = 0, dz = 0;
};

/// The candidates of one jet, in no order. Beyond its room nothing is added.
struct Candidates {
  static constexpr std::size_t room = 384;
  std::array<Candidate, room> items;
  std::size_t count = 0;
};

class Hadrons {
 public:
  Hadrons(const Physics& physics, const HardEvent& event, Stream& stream, Candidates& out)
      : physics_{physics}, stream_{stream}, out_{out} {
    const float e = exponential(event.eta);
    cosh_eta_ = 0.5F * (e + 1 / e);
  }

  void from_parton(Parton parton) {
    if (parton.flavour == Flavour::bottom)
      heavy(parton, {.mass = 5.28F,
                     .life = 0.45F,
                     .transverse = 0.9F,
                     .bodies = 2.0F,
                     .leptonic = 0.2F,
                     .softness = 0.5F});
    else if (parton.flavour == Flavour::charm)
      heavy(parton, {.mass = 1.87F,
                     .life = 0.2F,
                     .transverse = 0.5F,
                     .bodies = 2.0F,
                     .leptonic = 0.12F,
                     .softness = 0.7F});
    chain({parton.pt, parton.eta, parton.phi, physics_.multiplicity, 0.35F, 0});
  }

 private:
  /// Something that falls apart into hadrons, `flight` mm away from the beam.
  struct Source {
    float pt, eta, phi;
    float bodies;      ///< hadrons a unit of log momentum
    float transverse;  ///< GeV, of each hadron and each of two directions
    float flight;
  };
  struct Heavy {
    float mass, life, transverse, bodies;
    float leptonic;  ///< how often there is an electron or a muon
    float softness;  ///< of the momentum it leaves to the rest: 1 - z = softness u^2
  };

  static constexpr float threshold = 1.0F;

  /// The hadron of a heavy quark decays; what is left of the momentum stays in `parton`.
  void heavy(Parton& parton, const Heavy& kind) {
    const float u = stream_.uniform();
    const float rest = kind.softness * u * u * parton.pt;
    Source hadron{parton.pt - rest, parton.eta, parton.phi, kind.bodies, kind.transverse, 0};
    hadron.flight = hadron.pt / kind.mass * kind.life * exponential_step(stream_);
    parton.pt = rest;
    if (stream_.uniform() < kind.leptonic) {
      // Lepton and neutrino share up to two thirds of the momentum; the neutrino is not seen.
      const float lepton = hadron.pt * stream_.uniform() / 3;
      const float neutrino = hadron.pt * stream_.uniform() / 3;
      if (lepton > threshold) add_track(hadron, lepton, stream_.uniform() < 0.5F ? 11 : 13);
      hadron.pt -= lepton + neutrino;
    }
    chain(hadron);
  }

  void chain(Source source) {
    const float power = 1 / source.bodies;
    while (source.pt > threshold) {
      // 1 - z = u^(1/n) below 1 - threshold / p.
      const float most = 1 - threshold / source.pt;
      const float left = std::min(power_of(1 - stream_.uniform(), power) * most, most);
      const float taken = source.pt * (1 - left);
      source.pt *= left;
      add_hadron(source, taken);
    }
  }

  void add_hadron(const Source& source, float pt) {
    const float kind = stream_.uniform();
    if (kind < 0.52F) return add_track(source, pt, 211);
    if (kind < 0.60F) return add_track(source, pt, 321);
    if (kind < 0.64F) return add_track(source, pt, 2212);
    if (kind < 0.90F) return add_pair(source, pt, 22);
    if (kind < 0.93F) return add_pair(source, pt, 211);
    const auto [eta, phi] = leave(source, pt);
    add({pt, eta, phi, 0, 2112, 0, 0});
  }

  /// pi0 -> two photons, or K0_S -> two pions far from the beam.
  void add_pair(const Source& source, float pt, int pdgid) {
    const auto [eta, phi] = leave(source, pt);
    const float z = stream_.uniform();
    Source parent{pt, eta, phi, 0, pdgid == 22 ? 0.07F : 0.2F, 0};
    if (pdgid != 22) parent.flight = pt / 0.498F * 26.8F * exponential_step(stream_);
    for (const float part : {z * pt, (1 - z) * pt}) {
      if (part < threshold) continue;
      if (pdgid != 22) {
        add_track(parent, part, pdgid);
        continue;
      }
      const auto [photon_eta, photon_phi] = leave(parent, part);
      add({part, photon_eta, photon_phi, 0, 22, 0, 0});
    }
  }

  void add_track(const Source& source, float pt, int pdgid) {
    const auto [eta, phi] = leave(source, pt);
    const int charge = stream_.bits() >> 31U ? 1 : -1;
    const float d0 = source.flight * (phi - source.phi);
    const float dz = -source.flight * cosh_eta_ * (eta - source.eta);
    // Tracks that begin outside the pixel detector are not found.
    if (source.flight > 160.0F) return;
    const float blur = std::sqrt(0.15F * 0.15F + 0.5F * 0.5F / (pt * pt));
    add({pt, eta, phi, charge, negative_code(pdgid) ? -charge * pdgid : charge * pdgid,
         d0 + blur * stream_.normal(), dz + 1.5F * blur * stream_.normal()});
  }

  /// PDG codes of leptons are positive for negative charge.
  static bool negative_code(int pdgid) { return pdgid == 11 || pdgid == 13; }

  struct Position {
    float eta, phi;
  };
  Position leave(const Source& source, float pt) {
    const float angle = source.transverse * std::sqrt(2 * exponential_step(stream_)) / pt;
    const auto around = direction(stream_.uniform());
    return {source.eta + angle * around.cosine, source.phi + angle * around.sine};
  }

  void add(const Candidate& candidate) {
    const bool inside =
        candidate.eta * candidate.eta + candidate.phi * candidate.phi < jet_radius * jet_radius;
    if (inside && out_.count < out_.items.size()) out_.items[out_.count++] = candidate;
  }

  Physics physics_;
  float cosh_eta_ = 1;
  Stream& stream_;
  Candidates& out_;
};

}  // namespace steppe::toy
