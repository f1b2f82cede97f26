// Rows of a file in the layout of RS3L, turned into rows of the raw columns.
#pragma once

#include <steppe/kernel.hpp>
#include <steppe/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "rs3l_encoding.hpp"

namespace steppe::rs3l {

/// Those of a jet as the file has them: one array a feature, in the order of
/// `jets::candidate_columns`.
using CandidateArrays = std::array<const float*, features>;

/// Whether each of `count` raw candidates is padding or one that `require_candidate` takes. Without
/// a way out in between, the loops vectorise.
STEPPE_KERNEL inline bool all_are_candidates(const CandidateArrays& of, std::size_t count) {
  constexpr std::uint32_t exponent = 0x7F800000U;
  constexpr std::size_t most = 64;  // at a time
  std::uint32_t any = 0;
  for (std::size_t first = 0; first < count; first += most) {
    const std::size_t some = std::min(most, count - first);
    const float *pt = of[0] + first, *eta = of[2] + first, *e = of[5] + first;
    std::uint32_t bad[most];
    for (std::size_t i = 0; i < some; ++i) {
      const auto bits = std::bit_cast<std::uint32_t>(eta[i]) & 0x7FFFFFFFU;
      bad[i] = (pt[i] > 0.0F ? 0U : 1U) | (pt[i] < 1e5F ? 0U : 1U) | (e[i] > 0.0F ? 0U : 1U) |
               (std::bit_cast<float>(bits) < 20.0F ? 0U : 1U);
    }
    for (const float* feature : of)
      for (std::size_t i = 0; i < some; ++i)
        bad[i] |=
            (std::bit_cast<std::uint32_t>(feature[first + i]) & exponent) == exponent ? 1U : 0U;
    for (std::size_t i = 0; i < some; ++i) any |= bad[i] & (pt[i] != 0.0F ? 1U : 0U);
  }
  return any == 0;
}

class RowMaker {
 public:
  RowMaker(const JetFile& file, const Encoding& encoding, std::size_t slots)
      : file_{file}, encoding_{encoding}, stem_{file.path().stem().string()}, slots_{slots} {}

  /// Values of a row.
  std::size_t width() const { return jets::row_width(slots_); }

  /// Writes the row `row` of the chunk, which is row `number` of the file, to `width()` places.
  /// @throws Error when its numbers are none of a jet.
  void write(const Chunk& chunk, std::size_t row, std::uint64_t number, int label,
             float* to) const {
    const float* single = chunk.singleton(row);
    const auto axis = axis_of(file_, single);
    require_jet(axis, number);
    const auto candidates = candidates_of(chunk, row);
    copy_candidates(candidates, to);
    std::size_t filled = 0;
    if (encoding_.is_raw() && all_are_candidates(candidates, slots_))
      filled = mark_filled(to);
    else
      for (std::size_t slot = 0; slot < slots_; ++slot)
        filled += finish_candidate(axis, slot, number, to + slot * jets::slot_width) ? 1 : 0;
    for (std::size_t slot = slots_; slot < chunk.slots; ++slot)
      filled += encoding_.is_filled(candidate_of(file_, chunk, row, slot)) ? 1 : 0;
    write_jet(single, filled, label, to + slots_ * jets::slot_width);
  }

  /// The same for all simulations of a row. Files number their events each for itself, so the name
  /// of the file is part of it.
  std::uint64_t event_id(const float* single, std::uint64_t row) const {
    const auto place = file_.places().event_id;
    if (place == SingletonPlaces::none) return stream_key(stem_, row);
    const float number = single[place];
    if (!(number >= 0 && number < 0x1p24F))
      throw Error{"row " + std::to_string(row) + " of '" + stem_ + "' has the event_id " +
                  std::to_string(number) + "; a float holds whole numbers from 0 to 2^24"};
    return stream_key(stem_, static_cast<std::uint64_t>(number));
  }

 private:
  CandidateArrays candidates_of(const Chunk& chunk, std::size_t row) const {
    CandidateArrays out;
    for (std::size_t f = 0; f < features; ++f)
      out[f] = chunk.candidate(row) + file_.feature_places()[f] * chunk.slots;
    return out;
  }

  /// As the file has them, from features before candidates to slot by slot.
  void copy_candidates(const CandidateArrays& from, float* to) const {
    for (std::size_t f = 0; f < features; ++f)
      for (std::size_t slot = 0; slot < slots_; ++slot)
        to[slot * jets::slot_width + f] = from[f][slot];
  }

  /// Says behind each raw one whether it is there. @returns how many are.
  std::size_t mark_filled(float* to) const {
    std::size_t filled = 0;
    for (std::size_t slot = 0; slot < slots_; ++slot, to += jets::slot_width) {
      const bool is_filled = to[0] != 0;
      to[features] = is_filled ? 1.0F : 0.0F;
      filled += is_filled ? 1 : 0;
    }
    return filled;
  }

  /// Makes one raw, if it is one, and says so behind it. @returns whether it is.
  bool finish_candidate(const JetAxis& axis, std::size_t slot, std::uint64_t number,
                        float* values) const {
    Candidate candidate;
    std::copy_n(values, features, candidate.begin());
    const bool is_filled = encoding_.is_filled(candidate);
    values[features] = is_filled ? 1.0F : 0.0F;
    if (!is_filled) return false;
    if (!encoding_.is_raw()) {
      candidate = encoding_.raw(candidate, axis);
      std::copy(candidate.begin(), candidate.end(), values);
    }
    require_candidate(candidate, slot, number);
    return true;
  }

  void write_jet(const float* single, std::size_t filled, int label, float* to) const {
    const auto& places = file_.places();
    for (const float value :
         {single[places.pt], single[places.eta], single[places.phi], single[places.energy],
          places.mass == SingletonPlaces::none ? mass(single) : single[places.mass],
          places.constituents == SingletonPlaces::none ? static_cast<float>(filled)
                                                       : single[places.constituents],
          single[places.type], static_cast<float>(label)})
      *to++ = value;
  }

  float mass(const float* single) const {
    const auto axis = axis_of(file_, single);
    const double momentum = axis.pt * std::cosh(axis.eta);
    return static_cast<float>(
        std::sqrt(std::max(axis.energy * axis.energy - momentum * momentum, 0.0)));
  }

  std::string row_name(std::uint64_t number) const {
    return "row " + std::to_string(number) + " of " + file_.name();
  }

  void require_jet(const JetAxis& jet, std::uint64_t number) const {
    if (jet.pt > 0 && jet.pt < 1e5 && std::abs(jet.eta) < 20 && std::abs(jet.phi) < 10 &&
        jet.energy > 0 && std::isfinite(jet.energy))
      return;
    throw Error{row_name(number) + " has a jet of pT " + std::to_string(jet.pt) + ", eta " +
                std::to_string(jet.eta) + ", phi " + std::to_string(jet.phi) + " and E " +
                std::to_string(jet.energy) + "; 'singletons' may have its columns elsewhere"};
  }

  void require_candidate(const Candidate& c, std::size_t slot, std::uint64_t number) const {
    // All are looked at, without a way out in between: that takes no branches.
    bool finite = true;
    for (const float x : c) finite &= std::abs(x) <= std::numeric_limits<float>::max();
    if (finite && c[0] > 0 && c[0] < 1e5F && std::abs(c[2]) < 20 && c[5] > 0) return;
    std::string values;
    for (std::size_t f = 0; f < features; ++f)
      values += (f ? ", " : "") + std::string{jets::candidate_columns[f].name} + " " +
                std::to_string(c[f]);
    throw Error{row_name(number) + " has a candidate " + std::to_string(slot) +
                " that is none, with columns taken as " + encoding_.describe() + ": " + values +
                "; see 'columns'"};
  }

  const JetFile& file_;
  Encoding encoding_;
  std::string stem_;
  std::size_t slots_;
};

}  // namespace steppe::rs3l
