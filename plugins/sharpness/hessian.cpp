// Eigenvalues of the Hessian of the loss at the minimum, appendix A of arXiv:2411.09296, from exact
// Hessian-vector products or closed forms.
//
// Few movable entries (`move`): the reduced Hessian is written out and all its eigenvalues are
// found. Many: power iteration, as the paper does, or the Lanczos process, which also finds the
// smallest.
//
// In the space of inputs the Hessian is the mean over events of each event's own.
#include <steppe/sharpness.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "closed_forms.hpp"
#include "curvature.hpp"
#include "iterations.hpp"
#include "spectrum.hpp"

namespace {

using steppe::SquareMatrix;

enum class Method { automatic, written_out, power, lanczos, closed_form };
enum class Average { all, batches };

using Entries = std::vector<std::size_t>;

struct Hessian {
  struct Parameters {
    Method method = Method::automatic;
    Average average = Average::all;
    std::int64_t top = 1;
    std::int64_t block = 1;
    std::int64_t iterations = 1000;
    double tolerance = 1e-5;
    std::int64_t steps = 60;
    std::int64_t written_out = 128;
    bool per_batch_share = false;

    static auto schema() {
      using steppe::field;
      return steppe::schema(
          field<&Parameters::method>(
              "how; auto: written out where few entries may move, else the Lanczos process",
              steppe::choices({"auto", "written_out", "power", "lanczos", "closed_form"})),
          field<&Parameters::average>(
              "eigenvalues of the mean Hessian of all events; or of each batch's, their mean and "
              "standard deviation (in the space of weights with pieces = \"batches\")",
              steppe::choices({"all", "batches"})),
          field<&Parameters::top>("eigenvalues to give", steppe::between(1, 100)),
          field<&Parameters::block>("power iteration: vectors at once, 'top' at least",
                                    steppe::between(1, 100)),
          field<&Parameters::iterations>("power iteration: most products of a vector",
                                         steppe::between(1, 1000000)),
          field<&Parameters::tolerance>(
              "power iteration: ends at residuals of this part of the eigenvalue; 0: never before "
              "'iterations'",
              steppe::at_least(0.0)),
          field<&Parameters::steps>("Lanczos process: products", steppe::between(2, 1000)),
          field<&Parameters::written_out>(
              "auto: the Hessian is written out up to this many movable entries",
              steppe::between(1, 512)),
          field<&Parameters::per_batch_share>("divide an input Hessian by the events of its batch "
                                              "once more, as the released code"));
    }
  } parameters;

  void measure(steppe::Landscape& landscape, const steppe::Results& results) const {
    auto piece = landscape.next();
    const auto entries = steppe::movable_entries(*piece);
    const auto method = method_for(entries);
    steppe::Workspace work;
    if (parameters.average == Average::batches)
      return each(landscape, *piece, entries, method, work, results);
    if (method == Method::written_out || method == Method::closed_form)
      return give(steppe::spectrum_of(
                      mean_matrix(landscape, std::move(piece), entries, method, work), top()),
                  results);
    give(spectrum(landscape, *piece, entries, method, work, true), results);
    if (landscape.next())
      throw steppe::Error{
          "power iteration and the Lanczos process take the mean of one piece, and there are "
          "several; raise 'batch' until it holds all events (leave 'pieces' at \"all\"), or set "
          "average = \"batches\""};
  }

 private:
  /// The largest matrix whose eigenvalues are all found.
  static constexpr std::size_t largest_matrix = 512;

  std::size_t top() const { return static_cast<std::size_t>(parameters.top); }

  Method method_for(const Entries& entries) const {
    auto method = parameters.method;
    if (method == Method::automatic)
      method = entries.size() <= static_cast<std::size_t>(parameters.written_out)
                   ? Method::written_out
                   : Method::lanczos;
    const bool matrix = method == Method::written_out || method == Method::closed_form;
    if (matrix && entries.size() > largest_matrix)
      throw steppe::Error{"a Hessian of " + std::to_string(entries.size()) +
                          " movable entries is too large to write out; name " +
                          std::to_string(largest_matrix) +
                          " at most with 'move', or set method = \"power\" or \"lanczos\""};
    return method;
  }

  double factor(const steppe::Landscape& landscape, const steppe::Piece& piece) const {
    return parameters.per_batch_share && !landscape.in_weights()
               ? 1 / static_cast<double>(piece.point.values().rows())
               : 1.0;
  }

  SquareMatrix matrix(steppe::Landscape& landscape, const steppe::Piece& piece,
                      const Entries& entries, Method method, steppe::Workspace& work,
                      bool is_first) const {
    const double share = factor(landscape, piece);
    if (method == Method::written_out)
      return steppe::Curvature{piece, entries, share, work}.written_out(landscape.host());
    auto closed = landscape.in_weights()
                      ? steppe::last_layer_hessian(landscape, piece, entries)
                      : steppe::piecewise_linear_hessian(landscape, piece, entries, share, work);
    if (is_first)
      check(closed, steppe::Curvature{piece, entries, share, work},
            steppe::random_vector(landscape.host(), entries.size(), 0));
    return closed;
  }

  /// The forms are of the binary cross-entropy; one product of the first piece shows whether that
  /// is the loss.
  static void check(const SquareMatrix& closed, const steppe::Curvature& hessian,
                    const steppe::Vector& v) {
    const auto expected = hessian.times(v);
    auto off = steppe::times(closed, v);
    const double length = steppe::length_of(off);
    steppe::add(-1, expected, off);
    if (!(steppe::length_of(off) <= 1e-3 * (length + steppe::length_of(expected))))
      throw steppe::Error{
          "the closed form is not the Hessian of this loss: it is that of the binary "
          "cross-entropy; choose another 'method'"};
  }

  SquareMatrix mean_matrix(steppe::Landscape& landscape, std::optional<steppe::Piece> piece,
                           const Entries& entries, Method method, steppe::Workspace& work) const {
    SquareMatrix out{entries.size()};
    double events = 0;
    for (; piece; piece = landscape.next()) {
      landscape.host().stop_if_cancelled();
      const auto part = matrix(landscape, *piece, entries, method, work, events == 0);
      const auto weight = static_cast<double>(piece->events);
      steppe::add(weight, part.values, out.values);
      events += weight;
    }
    steppe::scale(out.values, 1 / events);
    return out;
  }

  steppe::Spectrum spectrum(steppe::Landscape& landscape, const steppe::Piece& piece,
                            const Entries& entries, Method method, steppe::Workspace& work,
                            bool is_first) const {
    const auto host = landscape.host();
    if (method == Method::written_out || method == Method::closed_form)
      return steppe::spectrum_of(matrix(landscape, piece, entries, method, work, is_first), top());
    const steppe::Curvature hessian{piece, entries, factor(landscape, piece), work};
    if (method == Method::lanczos)
      return steppe::by_lanczos(host, hessian, top(), static_cast<std::size_t>(parameters.steps));
    return steppe::by_power(
        host, hessian, top(),
        {static_cast<std::size_t>(parameters.block),
         static_cast<std::size_t>(parameters.iterations), parameters.tolerance});
  }

  /// A Hessian a batch, each with eigenvalues of its own.
  void each(steppe::Landscape& landscape, const steppe::Piece& first, const Entries& entries,
            Method method, steppe::Workspace& work, const steppe::Results& results) const {
    std::vector<steppe::Spectrum> batches{spectrum(landscape, first, entries, method, work, true)};
    while (const auto piece = landscape.next()) {
      landscape.host().stop_if_cancelled();
      batches.push_back(spectrum(landscape, *piece, entries, method, work, false));
    }
    if (batches.size() == 1 && landscape.in_weights())
      landscape.host().note(
          "average = \"batches\" has one piece to go over; pieces = \"batches\" makes them "
          "several");
    for (const auto& one : batches.front()) {
      const auto same = with_name(batches, one.name);
      if (same.size() < batches.size())
        results.undefined(one.name, "not every batch has so many eigenvalues");
      else
        give_mean(same, results);
    }
  }

  static std::vector<steppe::Eigenvalue> with_name(const std::vector<steppe::Spectrum>& batches,
                                                   const std::string& name) {
    std::vector<steppe::Eigenvalue> out;
    for (const auto& batch : batches)
      for (const auto& one : batch)
        if (one.name == name) out.push_back(one);
    return out;
  }

  static void give_mean(const std::vector<steppe::Eigenvalue>& same,
                        const steppe::Results& results) {
    const auto n = static_cast<double>(same.size());
    double mean = 0, square = 0, residual = same.front().residual;
    for (const auto& one : same) mean += one.value / n;
    for (const auto& one : same) {
      square += (one.value - mean) * (one.value - mean) / n;
      residual = std::max(residual, one.residual);
    }
    results.value(same.front().name, mean, std::sqrt(square));
    if (!std::isnan(residual)) results.value(same.front().name + "_residual", residual);
  }

  static void give(const steppe::Spectrum& spectrum, const steppe::Results& results) {
    for (const auto& one : spectrum) results.value(one.name, one.value, one.residual);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::sharpness<Hessian>({
    .name = "hessian",
    .summary = "eigenvalues of the Hessian of the loss at the minimum",
    .text =
        "Gives `dominant`, `dominant_2`, ...: the eigenvalues of largest magnitude, signs kept. "
        "Every method but power iteration also gives `largest`, `largest_2`, ... and `smallest`, "
        "and where the Hessian is a matrix its `trace`. Uncertainties are residuals ||H v - lambda "
        "v|| of unit vectors v; with average = \"batches\" they are standard deviations over "
        "batches, as in the released code, and `dominant_residual`, ... the largest residuals.\n\n"
        "Methods: `written_out`, a column a Hessian-vector product; `power`, iteration of a block "
        "of vectors from N(0, 1); `lanczos`, with full reorthogonalisation; `closed_form`, of the "
        "last layer's weight (and bias), E[s (1 - s) a a^T] with its inputs a and s = "
        "sigmoid(logit), or in the space of inputs, for networks that are piecewise linear, "
        "E[s (1 - s) g g^T] with the logit's gradient g.\n\nA product with a vector takes about as "
        "long as a gradient, and a closed form little more than one gradient in all.\n\nIterations "
        "take the mean of one piece: in the space of inputs of one 'batch', unless average = "
        "\"batches\".\n\nThe paper's "
        "reduced Hessians: move = [\"dense_3.weight\"] in the space of weights; the leading "
        "constituents in the space of inputs, move = [\"constituent.0.*\", ...].",
    .source = "appendix A of arXiv:2411.09296",
    .version = "2",
    .example = "[sharpness.last_layer]\nuse   = \"hessian\"\nof    = \"fit\"\non    = "
               "\"features.{train}\"\nspace = \"weights\"\nmove  = [\"dense_3.*\"]",
}))
