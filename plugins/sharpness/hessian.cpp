// Eigenvalues of the Hessian of the loss at the minimum, appendix A of arXiv:2411.09296, from exact
// Hessian-vector products.
//
// Few movable entries (`move`): the reduced Hessian is written out, column by column, and all its
// eigenvalues are found. Many: the Lanczos process with full reorthogonalisation (Golub & Van Loan,
// section 10.3) gives the ends of the spectrum, with the residual ||H v - lambda v|| of each.
//
// In the space of inputs the Hessian is the mean over events of each event's own.
#include <steppe/sharpness.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "symmetric_eigen.hpp"

namespace {

using steppe::Eigen;
using steppe::SquareMatrix;
using steppe::Tensor;

struct Hessian {
  struct Parameters {
    std::int64_t top = 1;
    std::int64_t steps = 60;
    std::int64_t written_out = 128;
    bool per_batch_share = false;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::top>("largest eigenvalues to give", steppe::between(1, 100)),
          steppe::field<&Parameters::steps>("steps of the Lanczos process",
                                            steppe::between(2, 1000)),
          steppe::field<&Parameters::written_out>(
              "the Hessian is written out up to this many movable entries",
              steppe::between(1, 512)),
          steppe::field<&Parameters::per_batch_share>(
              "divide an input Hessian by the events of a batch once more, as the released code"));
    }
  } parameters;

  void measure(steppe::Landscape& landscape, const steppe::Results& results) const {
    auto piece = landscape.next();
    const auto entries = movable(*piece);
    if (entries.size() <= static_cast<std::size_t>(parameters.written_out)) {
      const auto matrix = written_out(landscape, std::move(piece), entries);
      give(symmetric_eigen(matrix).values, {}, results);
      double trace = 0;
      for (std::size_t i = 0; i < matrix.size; ++i) trace += matrix(i, i);
      results.value("trace", trace);
    } else if (landscape.in_weights()) {
      lanczos(landscape.host(), *piece, results);
    } else {
      throw steppe::Error{"an input Hessian is written out, and " + std::to_string(entries.size()) +
                          " entries may move; name fewer with 'move', or raise 'written_out'"};
    }
  }

 private:
  /// Places in a row that may move in the first event (padding is held for each event anyway).
  static std::vector<std::size_t> movable(const steppe::Piece& piece) {
    std::vector<std::size_t> out;
    const auto mask = piece.point.mask();
    if (mask) {
      const auto view = mask.host();
      for (std::size_t c = 0; c < view.columns(); ++c) {
        bool any = false;
        for (std::size_t r = 0; r < view.rows() && !any; ++r) any = view.row(r)[c] != 0;
        if (any) out.push_back(c);
      }
      return out;
    }
    const auto segments = piece.point.values().segments();
    for (const auto& s : segments)
      for (std::size_t i = 0; i < s.rows * s.columns; ++i) out.push_back(s.offset + i);
    if (segments.empty())
      for (std::size_t c = 0; c < piece.point.values().columns(); ++c) out.push_back(c);
    return out;
  }

  SquareMatrix written_out(steppe::Landscape& landscape, std::optional<steppe::Piece> piece,
                           const std::vector<std::size_t>& entries) const {
    SquareMatrix out{entries.size()};
    double events = 0, share = 0;
    for (; piece; piece = landscape.next()) {
      landscape.host().stop_if_cancelled();
      const auto& at = piece->point.values();
      const auto rows = static_cast<double>(at.rows());
      const auto weight = static_cast<double>(piece->events);
      const auto direction = at.like(), product = at.like();
      for (std::size_t j = 0; j < entries.size(); ++j) {
        direction.fill(0.0F);
        {
          const auto view = direction.host();
          for (std::size_t r = 0; r < view.rows(); ++r) view.row(r)[entries[j]] = 1.0F;
        }
        if (const auto mask = piece->point.mask()) direction.multiply(mask);
        piece->objective.hessian(at, direction, product);
        const auto view = product.host();
        for (std::size_t r = 0; r < view.rows(); ++r)
          for (std::size_t i = 0; i < entries.size(); ++i)
            out(i, j) += weight * static_cast<double>(view.row(r)[entries[i]]) / rows;
      }
      events += weight;
      share = std::max(share, rows);
    }
    const double scale = 1 / (events * (parameters.per_batch_share ? share : 1.0));
    // Rounding leaves it not quite symmetric.
    SquareMatrix symmetric{out.size};
    for (std::size_t i = 0; i < out.size; ++i)
      for (std::size_t j = 0; j < out.size; ++j)
        symmetric(i, j) = 0.5 * scale * (out(i, j) + out(j, i));
    return symmetric;
  }

  void lanczos(const steppe::Host& host, const steppe::Piece& piece,
               const steppe::Results& results) const {
    const auto& at = piece.point.values();
    std::vector<Tensor> basis;
    std::vector<double> alpha, beta;
    auto v = at.like();
    v.fill_normal(host.random("start"), piece.point.row_ids(), 1.0F);
    if (const auto mask = piece.point.mask()) v.multiply(mask);
    v.scale(static_cast<float>(1.0 / v.norm()));
    for (std::int64_t step = 0; step < parameters.steps; ++step) {
      host.stop_if_cancelled();
      basis.push_back(v);
      auto w = at.like();
      piece.objective.hessian(at, v, w);
      alpha.push_back(w.dot(v));
      // Twice is enough to keep the basis orthogonal in float32.
      for (int pass = 0; pass < 2; ++pass)
        for (const auto& b : basis) w.add(static_cast<float>(-w.dot(b)), b);
      const double length = w.norm();
      beta.push_back(length);
      if (length < 1e-7 * std::abs(alpha.front())) break;
      w.scale(static_cast<float>(1.0 / length));
      v = w;
    }
    const std::size_t n = alpha.size();
    SquareMatrix small{n};
    for (std::size_t i = 0; i < n; ++i) {
      small(i, i) = alpha[i];
      if (i + 1 < n) small(i, i + 1) = small(i + 1, i) = beta[i];
    }
    const auto eigen = symmetric_eigen(small);
    std::vector<double> residuals;
    for (std::size_t j = 0; j < n; ++j)
      residuals.push_back(std::abs(beta[n - 1] * eigen.vectors(n - 1, j)));
    give(eigen.values, residuals, results);
  }

  /// The largest ones, and the smallest; uncertainties are residuals.
  void give(const std::vector<double>& values, const std::vector<double>& residuals,
            const steppe::Results& results) const {
    std::vector<std::size_t> order(values.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
    const auto put = [&](const std::string& name, std::size_t i) {
      if (residuals.empty())
        results.value(name, values[i]);
      else
        results.value(name, values[i], residuals[i]);
    };
    put("largest", order.front());
    for (std::size_t k = 1;
         k < std::min<std::size_t>(order.size(), static_cast<std::size_t>(parameters.top)); ++k)
      put("largest_" + std::to_string(k + 1), order[k]);
    put("smallest", order.back());
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::sharpness<Hessian>({
    .name = "hessian",
    .summary = "eigenvalues of the Hessian of the loss at the minimum",
    .text = "Gives `largest`, `largest_2`, ... and `smallest`, signs kept, and `trace` where the "
            "Hessian is written out. Uncertainties are residuals ||H v - lambda v|| of the Lanczos "
            "process; a Hessian that is written out has none.\n\nThe paper's reduced Hessians: "
            "move = [\"dense_3.weight\"] in the space of weights; the leading constituents in the "
            "space of inputs, move = [\"constituent.0.*\", ...].",
    .source = "appendix A of arXiv:2411.09296",
    .example = "[sharpness.last_layer]\nuse   = \"hessian\"\nof    = \"fit\"\non    = "
               "\"features.{train}\"\nspace = \"weights\"\nmove  = [\"dense_3.*\"]",
}))
