// Histograms of event weights, the bins they are made with, and how far two of them are apart.
#pragma once

#include "framework/data/quantity.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace steppe::data {

/// The weights that fell into a bin.
struct Bin {
  double sum = 0;
  double squares = 0;  ///< sum of w^2

  void add(double weight) {
    sum += weight;
    squares += weight * weight;
  }
  /// One standard deviation of the sum: sqrt(sum of w^2).
  double error() const;
};

/// One bin between two neighbouring edges. A bin holds its lower edge, the last one both.
struct Histogram {
  std::size_t events = 0;  ///< that were counted, under- and overflow among them
  std::vector<Bin> bins;
  Bin underflow, overflow;

  /// Sum over all bins, under- and overflow among them.
  double total() const;
};

/// Counts values with their weights. `edges` rise, two at least; `weights` has a number a value.
/// Sums are in the order of the values.
Histogram fill(std::span<const double> edges, std::span<const float> values,
               std::span<const float> weights);

/// What values lie in, without the outermost half percent on either side.
struct Span {
  double low = 0, high = 0;  ///< quantiles 0.005 and 0.995
  double least = 0, most = 0;
};

/// @pre there is a value.
Span span_of(std::vector<float> values);

/// Edges for values in any of `spans`: up to `bins` bins of one round width (1, 1.2, 1.5, 2, 2.5,
/// 3, 4, 5, 6 or 8 times a power of ten), from a multiple of it. They cover the quantiles, and all
/// values where these reach no more than a tenth further. Of whole numbers the width is a whole
/// number and edges lie half-way between them. @pre a span, a bin.
std::vector<double> round_edges(std::span<const Span> spans, std::size_t bins, bool whole_numbers);

/// `bins` equal bins.
std::vector<double> equal_edges(double low, double high, std::size_t bins);

/// The separation of two distributions,
///
///   <S^2> = 1/2 sum_i (a_i - b_i)^2 / (a_i + b_i),
///
/// with a and b normalised to 1: 0 where they are equal, 1 where they have no bin in common (TMVA,
/// arXiv:physics/0703039). Under- and overflow are bins. The uncertainty is that of its linear
/// expansion in the bins, which does not hold near 0: there <S^2> is about a quarter of the number
/// of bins times (1/n_a + 1/n_b), for n events, by chance alone. Undefined where one weighs
/// nothing.
Quantity separation(const Histogram& a, const Histogram& b);

/// Chi^2 per degree of freedom that both are samples of one distribution, and the degrees of
/// freedom; for weighted events, normalised each (N. Gagunashvili, arXiv:physics/0605123),
///
///   chi^2 = sum_i (a_i - b_i)^2 / (s_a,i^2 + s_b,i^2),
///
/// with one degree of freedom less than bins that hold something; under- and overflow are bins. It
/// takes the samples as independent.
std::vector<Quantity> chi_squared(const Histogram& a, const Histogram& b);

}  // namespace steppe::data
