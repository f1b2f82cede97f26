// Sharpness measures: how fast the loss of a trained network rises around the minimum it ended in.
//
//   struct Slope {
//     void measure(steppe::Landscape& landscape, const steppe::Results& results) const {
//       while (auto piece = landscape.next()) {
//         results.value("slope", piece->objective.gradient(piece->point).norm());
//       }
//     }
//   };
//
// The point is a private copy, so a measure may move it as it likes.
#pragma once

#include <steppe/attack.hpp>
#include <steppe/results.hpp>

#include <optional>

namespace steppe {

/// One piece of a landscape: the weights with the mean loss of all events or of a batch, or a batch
/// of events with one loss each.
struct Piece {
  Point point;
  Objective objective;
  std::uint64_t events;

  /// A scratch tensor for the values of the objective, rows x 1.
  Tensor values() const { return point.values().column(); }
  /// Mean loss at a place shaped like the point. `values` is overwritten.
  double loss(const Tensor& at, const Tensor& values) const {
    objective.evaluate(at, values, {});
    return values.mean();
  }
};

/// What the last dense layer of a network gets from a batch of events.
struct LastLayer {
  Tensor inputs;         ///< rows x its inputs
  Tensor logits;         ///< rows x 1
  Tensor event_weights;  ///< rows x 1
};

class Landscape {
 public:
  Landscape(const steppe_host* host, const steppe_landscape* landscape)
      : host_{host}, landscape_{landscape} {}

  bool in_weights() const { return landscape_->space == STEPPE_WEIGHTS; }
  /// Whether the logit is piecewise linear in the inputs: then no event's logit curves.
  bool piecewise_linear() const { return landscape_->piecewise_linear != 0; }
  Host host() const { return Host{host_}; }

  /// The next piece, which takes the place of the one before; nothing when there is no more.
  std::optional<Piece> next() {
    const steppe_point* point = nullptr;
    const steppe_objective* objective = nullptr;
    std::uint64_t events = 0;
    detail::check(landscape_->next(landscape_->self, &point, &objective, &events));
    if (!point) return std::nullopt;
    return Piece{{host_, point}, {host_, objective}, events};
  }

  /// The next batch of the current piece's events as the last layer sees it; nothing when there is
  /// no more. @throws Error where the network does not end in a dense layer.
  std::optional<LastLayer> last_layer() {
    const steppe_tensor *inputs = nullptr, *logits = nullptr, *event_weights = nullptr;
    detail::check(landscape_->last_layer(landscape_->self, &inputs, &logits, &event_weights));
    if (!inputs) return std::nullopt;
    return LastLayer{{host_, inputs}, {host_, logits}, {host_, event_weights}};
  }

 private:
  const steppe_host* host_;
  const steppe_landscape* landscape_;
};

template <class T>
concept Sharpness = requires(const T& measure, Landscape& landscape, const Results& results) {
  measure.measure(landscape, results);
};

template <Sharpness Plugin>
std::unique_ptr<Stage> sharpness(const About& about) {
  static constexpr steppe_sharpness functions{
      .size = sizeof(steppe_sharpness),
      .measure = [](const void* instance, const steppe_host* host,
                    const steppe_landscape* c_landscape, const steppe_results* results) {
        return detail::guard(host, [&] {
          Landscape landscape{host, c_landscape};
          detail::as<Plugin>(instance).measure(landscape, Results{results});
        });
      }};
  return std::make_unique<detail::StageOf<Plugin>>("sharpness", about, &functions);
}

}  // namespace steppe
