// How a file in the layout of RS3L spells its candidates, and the way back to raw columns.
//
// The code that made RS3L's columns writes, for a candidate i of a jet, ln pT, ln(pT / pT_jet),
// eta - eta_jet, phi - phi_jet, dR, ln E, ln(E / E_jet), charge, id, tanh d0, tanh dz; other files
// with the same names hold the raw numbers. Which it is follows from the numbers themselves: dR is
// the length of (eta, phi) or of their distance to the jet, pT is relpt times pT_jet or its
// logarithm, and so on.
#pragma once

#include <steppe/host.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "rs3l_file.hpp"

namespace steppe::rs3l {

/// One candidate, in the order of `jets::candidate_columns`.
using Candidate = std::array<float, features>;

/// pT, eta, phi and E of the jet it belongs to.
struct JetAxis {
  double pt, eta, phi, energy;
};

inline double wrapped_angle(double phi) {
  return phi - 2 * std::numbers::pi * std::ceil(phi / (2 * std::numbers::pi) - 0.5);
}

/// What is not raw.
struct Encoding {
  bool relative_angles = false;  ///< eta and phi
  bool log_pt = false;           ///< pt and relpt
  bool log_e = false, log_rele = false;
  bool tanh_impact = false;  ///< d0 and dz

  static Encoding relative() { return {true, true, true, true, true}; }

  bool is_raw() const { return !relative_angles && !log_pt && !log_e && !log_rele && !tanh_impact; }

  std::string describe() const {
    if (relative_angles && log_pt && log_e && log_rele && tanh_impact) return "relative";
    std::string out;
    const auto add = [&out](bool is, const char* text) {
      if (is) out += (out.empty() ? "" : ", ") + std::string{text};
    };
    add(log_pt, "ln pt and ln relpt");
    add(relative_angles, "eta and phi relative to the jet");
    add(log_e, "ln e");
    add(log_rele, "ln rele");
    add(tanh_impact, "tanh d0 and tanh dz");
    return out.empty() ? "raw" : "raw but for " + out;
  }

  /// Padding is zero throughout; a logarithm alone may be.
  bool is_filled(const Candidate& c) const {
    return log_pt ? c[0] != 0 || c[1] != 0 || c[4] != 0 || c[5] != 0 || c[6] != 0 : c[0] != 0;
  }

  /// The raw columns of a filled candidate.
  Candidate raw(Candidate c, const JetAxis& jet) const {
    const auto exponential = [](float& x) { x = static_cast<float>(std::exp(double{x})); };
    if (log_pt) exponential(c[0]), exponential(c[1]);
    if (log_e) exponential(c[5]);
    if (log_rele) exponential(c[6]);
    if (relative_angles) {
      c[2] = static_cast<float>(double{c[2]} + jet.eta);
      c[3] = static_cast<float>(wrapped_angle(double{c[3]} + jet.phi));
    }
    if (tanh_impact) c[9] = atanh_of(c[9]), c[10] = atanh_of(c[10]);
    return c;
  }

 private:
  /// tanh rounds to 1 from 9 mm on; that comes back as 8.7 mm.
  static float atanh_of(float x) {
    constexpr float nearest = 1 - std::numeric_limits<float>::epsilon() / 2;
    if (!(std::abs(x) <= 1)) return std::numeric_limits<float>::quiet_NaN();
    return std::atanh(std::clamp(x, -nearest, nearest));
  }
};

/// What the candidates of some jets say.
class Evidence {
 public:
  std::uint64_t jets = 0, candidates = 0;

  void add(const Candidate& c, const JetAxis& jet) {
    if (std::all_of(c.begin(), c.begin() + 7, [](float x) { return x == 0; })) return;
    ++candidates;
    const double eta = double{c[2]}, phi = double{c[3]}, dr = double{c[4]};
    count(relative_, std::abs(dr - std::hypot(eta, phi)) < 2e-3);
    count(absolute_, std::abs(dr - std::hypot(eta - jet.eta, wrapped_angle(phi - jet.phi))) < 2e-3);
    count(log_pt_, is_log_share(c[0], c[1], jet.pt));
    count(raw_pt_, is_share(c[0], c[1], jet.pt));
    count(log_e_, is_log_share(c[5], c[6], jet.energy));
    count(raw_e_, is_share(c[5], c[6], jet.energy));
    count(mixed_e_, c[5] > 0 && is_log_share(std::log(c[5]), c[6], jet.energy));
    largest_impact_ = std::max({largest_impact_, std::abs(c[9]), std::abs(c[10])});
  }

  /// @throws Error when the numbers fit no spelling.
  Encoding decide() const {
    Encoding out;
    if (candidates == 0) return out;
    require("dr is the distance of (eta, phi) to the jet", absolute_, "its length", relative_);
    require("pt is pt_jet relpt", raw_pt_, "ln pt is ln pt_jet + ln relpt", log_pt_);
    require("e is e_jet rele", raw_e_, "ln e is ln e_jet + ln rele", std::max(log_e_, mixed_e_));
    out.relative_angles = relative_ > absolute_;
    out.log_pt = log_pt_ > raw_pt_;
    out.log_rele = std::max(log_e_, mixed_e_) > raw_e_;
    out.log_e = out.log_rele && log_e_ > mixed_e_;
    // Raw ones may all be short as well; they were made in one go with the angles.
    out.tanh_impact = out.relative_angles && largest_impact_ <= 1;
    return out;
  }

 private:
  static void count(std::uint64_t& counter, bool holds) { counter += holds ? 1 : 0; }

  // Files may keep few digits: a hundredth is far from what another spelling gives.
  static bool is_share(float x, float share, double whole) {
    return std::abs(double{share} * whole - double{x}) < 0.01 * std::abs(double{x});
  }
  static bool is_log_share(float x, float share, double whole) {
    return std::abs(double{x} - double{share} - std::log(whole)) < 0.01;
  }

  void require(const char* first, std::uint64_t firsts, const char* second,
               std::uint64_t seconds) const {
    if (10 * std::max(firsts, seconds) >= 9 * candidates) return;
    throw Error{"whether the columns of the candidates are raw or relative cannot be told: of " +
                std::to_string(candidates) + " candidates, " + first + " for " +
                std::to_string(firsts) + " and " + second + " for " + std::to_string(seconds) +
                "; if you know, set 'columns' to 'raw' or 'relative'"};
  }

  std::uint64_t relative_ = 0, absolute_ = 0, log_pt_ = 0, raw_pt_ = 0;
  std::uint64_t log_e_ = 0, raw_e_ = 0, mixed_e_ = 0;
  float largest_impact_ = 0;
};

/// Candidate `slot` of a row.
inline Candidate candidate_of(const JetFile& file, const Chunk& chunk, std::size_t row,
                              std::size_t slot) {
  Candidate out;
  for (std::size_t f = 0; f < features; ++f)
    out[f] = chunk.candidate(row)[file.feature_places()[f] * chunk.slots + slot];
  return out;
}

inline JetAxis axis_of(const JetFile& file, const float* single) {
  const auto& places = file.places();
  return {double{single[places.pt]}, double{single[places.eta]}, double{single[places.phi]},
          double{single[places.energy]}};
}

/// Looks at about a thousand jets, as many of each file, and says in a note what was found.
/// @throws Error when it cannot be told.
inline Encoding find_encoding(const std::vector<JetFile>& files, std::uint64_t simulation,
                              std::uint64_t slots, const Host& host) {
  const std::uint64_t of_each = std::max(1000 / files.size(), std::size_t{20});
  const auto piece = std::max<std::uint64_t>(500, of_each);
  Evidence evidence;
  Chunk chunk;
  for (const auto& file : files) {
    std::uint64_t found = 0;
    for (std::uint64_t first = 0; found < of_each && first < file.rows(); first += piece) {
      host.stop_if_cancelled();
      const auto rows = std::min({piece, file.rows() - first, of_each});
      file.read(first, rows, simulation, slots, chunk);
      for (std::size_t row = 0; row < rows && found < of_each; ++row) {
        const auto jet = axis_of(file, chunk.singleton(row));
        if (!(jet.pt > 0)) continue;
        ++found;
        for (std::size_t slot = 0; slot < slots; ++slot)
          evidence.add(candidate_of(file, chunk, row, slot), jet);
      }
    }
    evidence.jets += found;
  }
  const auto out = evidence.decide();
  if (evidence.candidates > 0)
    host.note("the columns of the candidates are " + out.describe() + ", as " +
              std::to_string(evidence.candidates) + " candidates of " +
              std::to_string(evidence.jets) + " jets show");
  return out;
}

}  // namespace steppe::rs3l
