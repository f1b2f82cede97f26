// The raw columns that every jet reader gives, in the layout of RS3L, so that one transform serves
// them all. They are side columns: nothing is trained on them before a transform.
//
// A row holds, for each slot, eleven candidate columns and the mask `filled`, then seven jet
// columns, then the label.
#pragma once

#include <steppe/columns.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace steppe::jets {

struct RawColumn {
  const char* name;
  const char* unit;
  ColumnKind kind = ColumnKind::real;
};

/// Of one candidate, in the order of RS3L's `jet_pflow_cands`. `eta` and `phi` are absolute.
inline constexpr std::array<RawColumn, 11> candidate_columns{{
    {"pt", "GeV"},
    {"relpt", ""},
    {"eta", ""},
    {"phi", "rad"},
    {"dr", ""},
    {"e", "GeV"},
    {"rele", ""},
    {"charge", "", ColumnKind::integer},
    {"pdgid", "", ColumnKind::integer},
    {"d0", "mm"},
    {"dz", "mm"},
}};

inline constexpr std::array<RawColumn, 7> jet_columns{{
    {"pt", "GeV"},
    {"eta", ""},
    {"phi", "rad"},
    {"energy", "GeV"},
    {"mass", "GeV"},
    {"n_constituents", "", ColumnKind::integer},
    {"type", "", ColumnKind::integer},
}};

/// Places of the values inside a row.
inline constexpr std::size_t slot_width = candidate_columns.size() + 1;

inline constexpr std::size_t row_width(std::size_t slots) {
  return slots * slot_width + jet_columns.size() + 1;
}

/// The columns of a row with `slots` candidates.
inline Columns raw_columns(int slots, const std::string& domain) {
  Columns out;
  out.domain = domain;
  for (int slot = 0; slot < slots; ++slot) {
    const std::string prefix = "constituent." + std::to_string(slot) + ".";
    for (const auto& c : candidate_columns)
      out.items.push_back({prefix + c.name, c.unit, Role::side, "constituent", slot, c.kind});
    out.items.push_back({prefix + "filled", "", Role::mask, "constituent", slot, ColumnKind::flag});
  }
  for (const auto& c : jet_columns)
    out.items.push_back({std::string{"jet."} + c.name, c.unit, Role::side, "jet", -1, c.kind});
  out.items.push_back({"label", "", Role::target, "", -1, ColumnKind::flag});
  return out;
}

/// 1 for H->bb, 0 for QCD, -1 for types that belong to neither (W, Z, unknown).
inline int label_of_type(int type) {
  if (type == 4) return 1;
  const bool qcd = (type >= 1 && type <= 3) || (type >= 5 && type <= 8);
  return qcd ? 0 : -1;
}

}  // namespace steppe::jets
