// The mean Hessian of a piece of a landscape, cut to the entries that may move: a symmetric matrix
// that is known by its products with vectors, each exact to the rounding of single precision.
#pragma once

#include <steppe/sharpness.hpp>

#include <cstddef>
#include <vector>

#include "symmetric_eigen.hpp"

namespace steppe {

/// Places in a row that may move in some event of the piece (padding is held for each event
/// anyway).
/// @throws Error when there is none.
inline std::vector<std::size_t> movable_entries(const Piece& piece) {
  std::vector<std::size_t> out;
  if (const auto mask = piece.point.mask()) {
    const auto view = mask.host();
    for (std::size_t c = 0; c < view.columns(); ++c) {
      bool any = false;
      for (std::size_t r = 0; r < view.rows() && !any; ++r) any = view.row(r)[c] != 0;
      if (any) out.push_back(c);
    }
    if (out.empty()) throw Error{"nothing may move in the first batch; widen 'move' or 'batch'"};
    return out;
  }
  const auto segments = piece.point.values().segments();
  for (const auto& s : segments)
    for (std::size_t i = 0; i < s.rows * s.columns; ++i) out.push_back(s.offset + i);
  if (segments.empty())
    for (std::size_t c = 0; c < piece.point.values().columns(); ++c) out.push_back(c);
  return out;
}

/// Two tensors like the point of a piece, kept from one piece to the next.
struct Workspace {
  Tensor first, second;

  void fit(const Piece& piece) {
    const auto& point = piece.point.values();
    if (first && first.rows() == point.rows()) return;
    first = point.like();
    second = point.like();
  }
};

class Curvature {
 public:
  /// Times `factor`. Piece and entries outlive this object, and nobody else uses `work` meanwhile.
  Curvature(const Piece& piece, const std::vector<std::size_t>& entries, double factor,
            Workspace& work)
      : piece_{piece},
        entries_{entries},
        factor_{factor / static_cast<double>(piece.point.values().rows())},
        along_(entries.size()) {
    work.fit(piece);
    direction_ = work.first;
    product_ = work.second;
    direction_.fill(0.0F);
    if (const auto mask = piece.point.mask()) {
      const auto view = mask.host();
      for (std::size_t r = 0; r < view.rows(); ++r)
        for (const auto entry : entries_) moves_.push_back(view.row(r)[entry]);
    } else {
      moves_.assign(entries.size() * direction_.rows(), 1.0F);
    }
  }

  std::size_t size() const { return entries_.size(); }

  /// H v: every event moves in the same direction, and the mean is over what each one's gradient
  /// does.
  Vector times(const Vector& v) const {
    for (std::size_t i = 0; i < size(); ++i) along_[i] = static_cast<float>(v[i]);
    {
      const auto view = direction_.host();
      for (std::size_t r = 0; r < view.rows(); ++r) {
        const auto row = view.row(r);
        const float* moves = moves_.data() + r * size();
        for (std::size_t i = 0; i < size(); ++i) row[entries_[i]] = along_[i] * moves[i];
      }
    }
    piece_.objective.hessian(piece_.point.values(), direction_, product_);
    Vector out(size(), 0.0);
    const auto view = product_.host();
    for (std::size_t r = 0; r < view.rows(); ++r) {
      const auto row = view.row(r);
      for (std::size_t i = 0; i < size(); ++i) out[i] += double{row[entries_[i]]};
    }
    for (double& x : out) x *= factor_;
    return out;
  }

  /// All of it, a column a product; rounding leaves it not quite symmetric.
  SquareMatrix written_out(const Host& host) const {
    SquareMatrix out{size()};
    Vector unit(size(), 0.0);
    for (std::size_t j = 0; j < size(); ++j) {
      host.stop_if_cancelled();
      unit[j] = 1;
      const auto column = times(unit);
      for (std::size_t i = 0; i < size(); ++i) out(i, j) = column[i];
      unit[j] = 0;
    }
    return out;
  }

 private:
  const Piece& piece_;
  const std::vector<std::size_t>& entries_;
  double factor_;
  mutable std::vector<float> along_;  ///< the direction of every row
  std::vector<float> moves_;          ///< rows x entries: 0 where an event holds one back
  Tensor direction_, product_;
};

}  // namespace steppe
