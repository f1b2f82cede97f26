// Normalisation in double: along hyper-dual numbers entry by entry, and by its formulas at once.
#pragma once

#include "device_fixture.hpp"
#include "hyper_dual.hpp"

namespace steppe::compute {

/// A column of a batch, or a row of it, that is normalised; operands move along their `second`.
struct Normalised {
  std::vector<HyperDual> x, dy, gamma, beta;
  bool own = true;  ///< with its own statistics; otherwise with those below
  double given_mean = 0, given_variance = 1;

  void add(HyperDual to_x, HyperDual to_dy, HyperDual to_gamma, HyperDual to_beta) {
    x.push_back(to_x);
    dy.push_back(to_dy);
    gamma.push_back(to_gamma);
    beta.push_back(to_beta);
  }
  /// sum_i dy[i] y[i]: its slope in an operand is that operand's gradient, that in dy[i] is y[i].
  HyperDual sum() const {
    const auto [mean, inverse] = statistics();
    HyperDual total = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i)
      total += dy[i] * (gamma[i] * (inverse * (x[i] - mean)) + beta[i]);
    return total;
  }
  struct Statistics {
    HyperDual mean, inverse;  ///< inverse: 1 / sqrt(variance + epsilon)
  };
  Statistics statistics() const {
    HyperDual mean = own ? 0.0 : given_mean, variance = own ? 0.0 : given_variance;
    const auto count = static_cast<double>(x.size());
    for (std::size_t i = 0; own && i < x.size(); ++i) mean += x[i] / count;
    for (std::size_t i = 0; own && i < x.size(); ++i)
      variance += (x[i] - mean) * (x[i] - mean) / count;
    return {mean, 1.0 / sqrt(variance + 1e-5)};
  }
  /// The slope of `sum` in `operand` is its `first`, and how that moves its `mixed`.
  HyperDual slope(HyperDual& operand) const {
    operand.first = 1;
    const HyperDual with = sum();
    operand.first = 0;
    return with;
  }
  /// The slopes of `sum` in every operand by their formulas, in one go: each is a `value`, and how
  /// it moves a `second`.
  struct Slopes {
    std::vector<HyperDual> dy, x, gamma;  ///< that in beta is dy itself
  };
  Slopes slopes() const {
    const auto [mean, inverse] = statistics();
    const auto count = static_cast<double>(x.size());
    Slopes in;
    HyperDual mean_slope = 0.0, mean_product = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const HyperDual h = inverse * (x[i] - mean);
      in.dy.push_back(gamma[i] * h + beta[i]);
      in.gamma.push_back(dy[i] * h);
      mean_slope += dy[i] * gamma[i] / count;
      mean_product += dy[i] * gamma[i] * h / count;
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
      HyperDual slope = dy[i] * gamma[i];
      if (own) slope = slope - mean_slope - inverse * (x[i] - mean) * mean_product;
      in.x.push_back(inverse * slope);
    }
    return in;
  }
};

/// Operands of a normalisation, how they move, and what its four passes should give.
struct NormCase {
  NormCase(std::size_t rows, std::size_t columns, std::uint64_t key = 0)
      : x{random_matrix(rows, columns, key + 1)},
        x_tangent{random_matrix(rows, columns, key + 2)},
        dy{random_matrix(rows, columns, key + 3)},
        dy_tangent{random_matrix(rows, columns, key + 4)},
        gamma{random_matrix(1, columns, key + 5)},
        beta{random_matrix(1, columns, key + 6)},
        gamma_tangent{random_matrix(1, columns, key + 7)},
        beta_tangent{random_matrix(1, columns, key + 8)} {}

  void add(Normalised& to, std::size_t r, std::size_t c) const {
    to.add({x(r, c), 0, x_tangent(r, c), 0}, {dy(r, c), 0, dy_tangent(r, c), 0},
           {gamma(0, c), 0, gamma_tangent(0, c), 0}, {beta(0, c), 0, beta_tangent(0, c), 0});
  }
  struct Results {
    Results(std::size_t rows, std::size_t columns)
        : y{rows, columns}, dx{rows, columns}, dgamma{1, columns}, dbeta{1, columns} {}
    Reference y, dx, dgamma, dbeta;
  };
  /// Entry i of `from` is that of row r and column c.
  static void take(Normalised& from, std::size_t i, std::size_t r, std::size_t c, Results& slopes,
                   Results& moved) {
    const auto put = [&](HyperDual& operand, const auto& of) {
      const HyperDual slope = from.slope(operand);
      of(slopes) += slope.first;
      of(moved) += slope.mixed;
    };
    put(from.dy[i], [=](Results& to) -> double& { return to.y(r, c); });
    put(from.x[i], [=](Results& to) -> double& { return to.dx(r, c); });
    put(from.gamma[i], [=](Results& to) -> double& { return to.dgamma(0, c); });
    put(from.beta[i], [=](Results& to) -> double& { return to.dbeta(0, c); });
  }

  /// The same for entry i of `from`, of all slopes at once.
  static void take(const Normalised& from, const Normalised::Slopes& in, std::size_t i,
                   std::size_t r, std::size_t c, Results& slopes, Results& moved) {
    const auto put = [](const HyperDual& slope, double& value, double& tangent) {
      value += slope.value;
      tangent += slope.second;
    };
    put(in.dy[i], slopes.y(r, c), moved.y(r, c));
    put(in.x[i], slopes.dx(r, c), moved.dx(r, c));
    put(in.gamma[i], slopes.dgamma(0, c), moved.dgamma(0, c));
    put(from.dy[i], slopes.dbeta(0, c), moved.dbeta(0, c));
  }

  Reference x, x_tangent, dy, dy_tangent, gamma, beta, gamma_tangent, beta_tangent;
};

}  // namespace steppe::compute
