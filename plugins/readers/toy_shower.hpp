// The shower of the toy: soft and collinear emission in the Lund plane, one parton after the other.
//
// A parton of momentum p emits a gluon with the fraction z at the angle theta with the density
//   dN = (2 C alpha_s(kT) / pi) K(z) dlog(theta) dlog(z),   kT = z theta p > cut-off,  z < 1/2,
// C = 4/3 and K = (1 + (1-z)^2) / 2 for quarks, C = 3 and K = (1 - z (1-z))^2 for gluons, and
//   alpha_s(kT) = alpha / (1 + 2 b alpha log(kT / 91.2 GeV)),   b = 23 / (12 pi).
// Emissions come in falling order of v = z^ordering theta p: transverse momentum at ordering 1
// (Pythia's way), angle at ordering 0 (Herwig's). The gluon radiates within the angle at which it
// was emitted, which is coherence; the emitter goes on from v. The next v is drawn with the largest
// density there is and thinned out by the true one (the veto algorithm).
#pragma once

#include "toy_hard.hpp"

namespace steppe::toy {

/// What makes one simulation differ from another.
struct Physics {
  float ordering = 1;      ///< exponent of z in the ordering variable
  float cut_off = 1;       ///< smallest kT, GeV
  float alpha_s = 0.118F;  ///< at the mass of the Z
  float multiplicity = 2;  ///< hadrons a unit of log momentum

  /// alpha_s at a transverse momentum; beyond its pole it is negative.
  float coupling(float kt) const {
    constexpr float twice_b = 1.2202F;
    return alpha_s / (1 + twice_b * alpha_s * logarithm(kt / 91.2F));
  }
  bool coupling_is_finite() const {
    const float largest = coupling(cut_off);
    return largest >= 0 && largest < 1;
  }
};

class Shower {
 public:
  explicit Shower(const Physics& physics)
      : physics_{physics},
        largest_alpha_{physics.coupling(physics.cut_off)},
        start_{power_of(0.5F, physics.ordering)},
        stop_{physics.cut_off * power_of(2.0F, 1 - physics.ordering)} {}

  /// Hands every parton that is left in the end to `leaf`.
  template <class Leaf>
  void run(const HardEvent& event, Stream& stream, Leaf&& leaf) const {
    std::array<Branch, 128> waiting;
    std::size_t count = 0;
    const float angle = event.parton_count == 2 ? event.opening : jet_radius;
    for (int i = 0; i < event.parton_count; ++i) {
      const Parton& parton = event.partons[static_cast<std::size_t>(i)];
      waiting[count++] = {parton, parton.pt * angle * start_, angle};
    }
    while (count > 0) {
      Branch branch = waiting[--count];
      Branch emitted;
      while (count < waiting.size() && emit(branch, emitted, stream)) waiting[count++] = emitted;
      leaf(branch.parton);
    }
  }

 private:
  struct Branch {
    Parton parton;
    float scale = 0;  ///< of the last emission, in v
    float max_angle = 0;
  };

  /// The next emission of `branch`, or false when it has none left.
  bool emit(Branch& branch, Branch& emitted, Stream& stream) const {
    const bool gluon = branch.parton.flavour == Flavour::gluon;
    const float smallest_z = physics_.cut_off / (branch.parton.pt * branch.max_angle);
    if (smallest_z >= 0.5F) return false;
    const float range = logarithm(0.5F / smallest_z);
    const float colour = gluon ? 3.0F : 4.0F / 3;
    const float step = 1 / (0.63661977F * colour * largest_alpha_ * range);
    for (;;) {
      branch.scale *= exponential(-step * exponential_step(stream));
      if (branch.scale < stop_) return false;
      const float log_z = -0.693147181F - range * stream.uniform();
      const float z = exponential(log_z);
      const float angle = branch.scale * exponential(-physics_.ordering * log_z) / branch.parton.pt;
      const float kt = z * angle * branch.parton.pt;
      const float keep = stream.uniform();
      if (angle > branch.max_angle || kt < physics_.cut_off) continue;
      const float kernel =
          gluon ? (1 - z * (1 - z)) * (1 - z * (1 - z)) : 0.5F * (1 + (1 - z) * (1 - z));
      if (keep * largest_alpha_ > kernel * physics_.coupling(kt)) continue;
      split(branch, emitted, z, angle, direction(stream.uniform()));
      return true;
    }
  }

  void split(Branch& branch, Branch& emitted, float z, float angle, Direction around) const {
    Parton& parton = branch.parton;
    const float eta = angle * around.cosine;
    const float phi = angle * around.sine;
    emitted = {
        {Flavour::gluon, z * parton.pt, parton.eta + (1 - z) * eta, parton.phi + (1 - z) * phi},
        z * parton.pt * angle * start_,
        angle};
    emitted.scale = std::min(emitted.scale, branch.scale);
    parton = {parton.flavour, (1 - z) * parton.pt, parton.eta - z * eta, parton.phi - z * phi};
  }

  Physics physics_;
  float largest_alpha_;
  float start_;
  float stop_;
};

}  // namespace steppe::toy
