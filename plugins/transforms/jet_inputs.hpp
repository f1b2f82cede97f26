// A jet and its constituents from the raw columns of a reader, whatever of them it gives: what is
// missing is computed from what is there.
//
//   needed of a slot    pt [GeV], eta, phi [rad]
//   if missing          filled: pt > 0; e = pt cosh(eta), massless; relpt = pt / jet pt;
//                       rele = e / jet e; dr: distance to the axis in (eta, phi); charge and flags:
//                       from pdgid; d0 = dz = 0; no pdgid and no flags: charge and flags 0
//   if missing          jet.pt, .eta, .phi, .mass, all four: the sum of all filled slots;
//                       jet.energy: sqrt(mass^2 + (pt cosh eta)^2)
#pragma once

#include <steppe/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace steppe::jets {

/// Into [-pi, pi).
inline float wrapped(float phi) {
  constexpr double pi = 3.14159265358979324;
  const auto wide = double{phi};
  if (wide + pi >= 0 && wide + pi < 2 * pi) return phi;  // as it comes out below
  return static_cast<float>(wide - 2 * pi * std::floor((wide + pi) / (2 * pi)));
}

struct Jet {
  float pt = 0, eta = 0, phi = 0, mass = 0, energy = 0;
};

inline constexpr std::array<const char*, 5> flag_names{"is_photon", "is_electron", "is_muon",
                                                       "is_charged_hadron", "is_neutral_hadron"};

struct Constituent {
  float pt = 0, relpt = 0, delta_eta = 0, delta_phi = 0, delta_r = 0, e = 0, rele = 0;
  float charge = 0, d0 = 0, dz = 0;
  std::array<float, flag_names.size()> flags{};
};

inline std::array<float, flag_names.size()> flags_of(int pdgid) {
  const int id = std::abs(pdgid);
  const bool charged_hadron =
      id == 211 || id == 321 || id == 2212 || id == 3112 || id == 3222 || id == 3312 || id == 3334;
  const bool neutral_hadron = id == 0 || id == 130 || id == 2112;
  const auto flag = [](bool value) { return value ? 1.0F : 0.0F; };
  return {flag(id == 22), flag(id == 11), flag(id == 13), flag(charged_hadron),
          flag(neutral_hadron)};
}

/// In units of the proton's, of particles that live long enough to be in a jet.
inline float charge_of(int pdgid) {
  const int id = std::abs(pdgid);
  const float sign = pdgid < 0 ? -1.0F : 1.0F;
  if (id == 211 || id == 321 || id == 2212 || id == 3222) return sign;
  if (id == 11 || id == 13 || id == 3112 || id == 3312 || id == 3334) return -sign;
  return 0;
}

/// Where the raw columns stand in a row.
class JetInputs {
 public:
  /// @throws Error naming a column that is missing.
  explicit JetInputs(const Columns& input) {
    for (std::size_t i = 0; i < input.size(); ++i) index_.emplace(input.items[i].name, i);
    do {
      auto& slot = slots_.emplace_back();
      for (std::size_t n = 0; n < slot.size(); ++n) slot[n] = place_in_slot(n);
    } while (index_.contains(prefix(slots_.size()) + slot_columns[pt]));
    const auto there = [&](const char* name) { return index_.contains(name); };
    jet_given_ = std::any_of(jet_columns.begin(), jet_columns.end(), there);
    if (jet_given_)
      for (std::size_t n = 0; n < jet_.size(); ++n) jet_[n] = needed(jet_columns[n]);
    if (there("jet.energy")) jet_energy_ = index_.at("jet.energy");
    index_.clear();  // its names are the input's
  }

  std::size_t slots() const { return slots_.size(); }
  /// Whether the input has the jet's own columns.
  bool jet_given() const { return jet_given_; }

  bool filled(const float* row, std::size_t slot) const {
    const auto& at = slots_[slot];
    return row[at[mask] == none ? at[pt] : at[mask]] > 0;
  }

  Jet jet(const float* row) const {
    Jet out =
        jet_given_ ? Jet{row[jet_[0]], row[jet_[1]], row[jet_[2]], row[jet_[3]], 0} : sum(row);
    const double momentum = double{out.pt} * std::cosh(double{out.eta});
    out.energy = jet_energy_ == none ? static_cast<float>(std::hypot(double{out.mass}, momentum))
                                     : row[jet_energy_];
    return out;
  }

  Constituent constituent(const float* row, std::size_t slot, const Jet& jet) const {
    const auto& at = slots_[slot];
    const auto given = [&](Name name, auto&& otherwise) {
      return at[name] == none ? otherwise() : row[at[name]];
    };
    const auto zero = [] { return 0.0F; };
    Constituent out;
    out.pt = row[at[pt]];
    out.delta_eta = row[at[eta]] - jet.eta;
    out.delta_phi = wrapped(row[at[phi]] - jet.phi);
    out.relpt = given(relpt, [&] { return out.pt / jet.pt; });
    out.delta_r = given(dr, [&] { return std::hypot(out.delta_eta, out.delta_phi); });
    out.e = given(e, [&] { return static_cast<float>(massless_energy(row, at)); });
    out.rele = given(rele, [&] { return out.e / jet.energy; });
    const int id = static_cast<int>(given(pdgid, zero));
    out.charge = given(charge, [&] { return charge_of(id); });
    out.d0 = given(d0, zero);
    out.dz = given(dz, zero);
    if (at[pdgid] != none)
      out.flags = flags_of(id);
    else
      for (std::size_t n = 0; n < flag_names.size(); ++n)
        out.flags[n] = given(static_cast<Name>(first_flag + n), zero);
    return out;
  }

 private:
  enum Name : std::size_t {
    pt,
    eta,
    phi,
    relpt,
    dr,
    e,
    rele,
    charge,
    pdgid,
    d0,
    dz,
    mask,
    first_flag,
    all_names = 17
  };
  using Slot = std::array<std::size_t, all_names>;

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  static constexpr std::array<const char*, all_names> slot_columns{
      "pt",          "eta",         "phi",         "relpt",       "dr",         "e",
      "rele",        "charge",      "pdgid",       "d0",          "dz",         "filled",
      flag_names[0], flag_names[1], flag_names[2], flag_names[3], flag_names[4]};
  static constexpr std::array<const char*, 4> jet_columns{"jet.pt", "jet.eta", "jet.phi",
                                                          "jet.mass"};

  static std::string prefix(std::size_t slot) {
    return "constituent." + std::to_string(slot) + ".";
  }

  std::size_t needed(const std::string& name) const {
    const auto found = index_.find(name);
    if (found == index_.end())
      throw Error{"the input has no column '" + name +
                  "'; jet_features takes the raw columns of a jet reader"};
    return found->second;
  }

  /// The column of the newest slot; what the first slot has, every slot has.
  std::size_t place_in_slot(std::size_t name) const {
    const bool optional = name > phi && slots_.size() == 1;
    if (name > phi && !optional && slots_[0][name] == none) return none;
    const auto full = prefix(slots_.size() - 1) + slot_columns[name];
    return optional && !index_.contains(full) ? none : needed(full);
  }

  static double massless_energy(const float* row, const Slot& at) {
    return double{row[at[pt]]} * std::cosh(double{row[at[eta]]});
  }

  /// The four-vector sum of all filled slots.
  Jet sum(const float* row) const {
    double x = 0, y = 0, z = 0, energy = 0;
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      if (!filled(row, slot)) continue;
      const auto& at = slots_[slot];
      const double momentum = row[at[pt]];
      x += momentum * std::cos(double{row[at[phi]]});
      y += momentum * std::sin(double{row[at[phi]]});
      z += momentum * std::sinh(double{row[at[eta]]});
      energy += at[e] == none ? massless_energy(row, at) : double{row[at[e]]};
    }
    const double across = std::hypot(x, y);
    if (!(across > 0)) return {};
    const double squared = energy * energy - across * across - z * z;
    return {static_cast<float>(across), static_cast<float>(std::asinh(z / across)),
            static_cast<float>(std::atan2(y, x)),
            static_cast<float>(std::sqrt(std::max(squared, 0.0))), 0};
  }

  std::unordered_map<std::string_view, std::size_t> index_;
  std::vector<Slot> slots_;
  std::array<std::size_t, jet_columns.size()> jet_{};
  std::size_t jet_energy_ = none;
  bool jet_given_ = false;
};

}  // namespace steppe::jets
