// Normalisations: batch normalisation of columns (arXiv:1502.03167) and layer normalisation of rows
// (arXiv:1607.06450), with PyTorch's conventions. Weights: gamma, beta.
#pragma once

#include <cmath>

#include "matrix.hpp"

namespace steppe::reference {

/// Entries normalised together: h = (x - mean) / sqrt(variance + epsilon).
template <class S>
struct Line {
  std::vector<S> h;
  S mean = 0, variance = 0, inverse = 0;  ///< inverse: 1 / sqrt(variance + epsilon)
  bool follows = true;                    ///< mean and variance move with x

  /// With the line's own mean and biased variance.
  Line(const std::vector<S>& x, double epsilon) {
    const auto count = static_cast<double>(x.size());
    for (const S& value : x) mean += value / count;
    for (const S& value : x) variance += (value - mean) * (value - mean) / count;
    normalise(x, epsilon);
  }
  /// With mean and variance that stand still.
  Line(const std::vector<S>& x, double epsilon, double given_mean, double given_variance)
      : mean{given_mean}, variance{given_variance}, follows{false} {
    normalise(x, epsilon);
  }

  /// From the slope in h to that in x.
  std::vector<S> slope(std::vector<S> dh) const {
    const auto count = static_cast<double>(h.size());
    S mean_slope = 0, mean_product = 0;
    for (std::size_t i = 0; follows && i < h.size(); ++i) {
      mean_slope += dh[i] / count;
      mean_product += dh[i] * h[i] / count;
    }
    for (std::size_t i = 0; i < h.size(); ++i)
      dh[i] = inverse * (dh[i] - mean_slope - h[i] * mean_product);
    return dh;
  }

 private:
  void normalise(const std::vector<S>& x, double epsilon) {
    using std::sqrt;
    inverse = 1.0 / sqrt(variance + epsilon);
    for (const S& value : x) h.push_back((value - mean) * inverse);
  }
};

inline double plain(double x) { return x; }
inline double plain(const Dual<double>& x) { return x.value; }

/// With the line's own statistics; `held`: as if they did not depend on x.
template <class S>
Line<S> own_line(const std::vector<S>& x, double epsilon, bool held) {
  const Line<S> line{x, epsilon};
  return held ? Line<S>{x, epsilon, plain(line.mean), plain(line.variance)} : line;
}

/// What both normalisations do, once it is known which entries lie on a line: entry i of line l is
/// at `place(l, i)`, a row and a column.
template <class S, class MakeLine, class Place>
struct Normalisation {
  const Operands<S>& at;
  std::size_t lines, entries;
  MakeLine make_line;
  Place place;

  Line<S> line(std::size_t l) const {
    std::vector<S> x;
    for (std::size_t i = 0; i < entries; ++i) x.push_back(entry(at.x[0], l, i));
    return make_line(l, x);
  }
  Matrix<S> forward() const {
    Matrix<S> y = at.x[0];
    for (std::size_t l = 0; l < lines; ++l) {
      const Line<S> of = line(l);
      for (std::size_t i = 0; i < entries; ++i) {
        const auto [r, c] = place(l, i);
        y(r, c) = at.weights[0](0, c) * of.h[i] + at.weights[1](0, c);
      }
    }
    return y;
  }
  Operands<S> backward(const Matrix<S>& dy) const {
    Matrix<S> dx = dy, dgamma{1, dy.columns}, dbeta{1, dy.columns};
    for (std::size_t l = 0; l < lines; ++l) {
      const Line<S> of = line(l);
      std::vector<S> dh;
      for (std::size_t i = 0; i < entries; ++i) {
        const auto [r, c] = place(l, i);
        dh.push_back(dy(r, c) * at.weights[0](0, c));
        dgamma(0, c) += dy(r, c) * of.h[i];
        dbeta(0, c) += dy(r, c);
      }
      dh = of.slope(dh);
      for (std::size_t i = 0; i < entries; ++i) {
        const auto [r, c] = place(l, i);
        dx(r, c) = dh[i];
      }
    }
    return {{dx}, {dgamma, dbeta}};
  }

 private:
  const S& entry(const Matrix<S>& of, std::size_t l, std::size_t i) const {
    const auto [r, c] = place(l, i);
    return of(r, c);
  }
};

/// In training with the batch's own statistics, in inference with the running ones.
struct BatchNorm {
  static constexpr std::size_t segments = 2;
  bool own = true;
  Real mean = {}, variance = {};  ///< running
  double epsilon = 1e-5;
  bool held = false;  ///< passes as if the batch's own statistics did not depend on it

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    return columns(at).forward();
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    return columns(at).backward(dy);
  }
  /// What a training batch makes of the running statistics; one row has no variance and leaves
  /// them.
  void update(const Real& x, double momentum = 0.1) {
    const auto rows = static_cast<double>(x.rows);
    for (std::size_t c = 0; x.rows > 1 && c < x.columns; ++c) {
      std::vector<double> column;
      for (std::size_t r = 0; r < x.rows; ++r) column.push_back(x(r, c));
      const Line<double> batch{column, epsilon};
      mean(0, c) += momentum * (batch.mean - mean(0, c));
      variance(0, c) += momentum * (batch.variance * rows / (rows - 1) - variance(0, c));
    }
  }

 private:
  template <class S>
  auto columns(const Operands<S>& at) const {
    const auto make_line = [this](std::size_t c, const std::vector<S>& x) {
      return own ? own_line(x, epsilon, held) : Line<S>{x, epsilon, mean(0, c), variance(0, c)};
    };
    const auto place = [](std::size_t c, std::size_t r) { return std::pair{r, c}; };
    return Normalisation<S, decltype(make_line), decltype(place)>{at, at.x[0].columns, at.x[0].rows,
                                                                  make_line, place};
  }
};

struct LayerNorm {
  static constexpr std::size_t segments = 2;
  double epsilon = 1e-5;
  bool held = false;  ///< as for batch normalisation

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    return rows(at).forward();
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    return rows(at).backward(dy);
  }

 private:
  template <class S>
  auto rows(const Operands<S>& at) const {
    const auto make_line = [this](std::size_t, const std::vector<S>& x) {
      return own_line(x, epsilon, held);
    };
    const auto place = [](std::size_t r, std::size_t c) { return std::pair{r, c}; };
    return Normalisation<S, decltype(make_line), decltype(place)>{at, at.x[0].rows, at.x[0].columns,
                                                                  make_line, place};
  }
};

}  // namespace steppe::reference
