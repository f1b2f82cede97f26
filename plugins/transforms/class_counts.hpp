// Events by class, for transforms that have to know how many there are, and a choice among them
// that is the same in every simulation of the same hard events.
#pragma once

#include <steppe/random.hpp>
#include <steppe/transform.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace steppe {

/// The column that says the class. @throws Error where there is none, or where it is a real value.
inline std::size_t class_column(const Columns& input) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input.items[i].role != Role::target) continue;
    if (input.items[i].classes == 0)
      throw Error{"the target '" + input.items[i].name + "' is a real value, not a class"};
    return i;
  }
  throw Error{"the input has no target column, which would say the class of an event"};
}

inline std::optional<std::size_t> weight_column(const Columns& input) {
  for (std::size_t i = 0; i < input.size(); ++i)
    if (input.items[i].role == Role::weight) return i;
  return std::nullopt;
}

/// The class of an event, below `classes`. @throws Error for a label that is none.
inline std::size_t class_of(float label, int classes) {
  for (int c = 0; c < classes; ++c)
    if (label == static_cast<float>(c)) return static_cast<std::size_t>(c);
  throw Error{"an event has the label " + std::to_string(label) + "; classes are 0 to " +
              std::to_string(classes - 1)};
}

/// Where events stand in an order drawn once for all: a hash of the event id alone, so that the
/// same hard events come first in every simulation. Different for different ids.
constexpr std::uint64_t place_in_order(std::uint64_t event_id) {
  return stream_key("thin a class", event_id);
}

/// What is left of classes when those with too many events lose the last in order.
class Thinning {
 public:
  /// Takes part in the count.
  void add(std::size_t event_class, std::uint64_t event_id) {
    if (event_class >= places_.size()) places_.resize(event_class + 1);
    places_[event_class].push_back(place_in_order(event_id));
  }
  std::size_t count(std::size_t event_class) const {
    return event_class < places_.size() ? places_[event_class].size() : 0;
  }
  /// Keeps the `wanted` first of a class, of at least as many; other classes stay whole. The places
  /// of the class are forgotten.
  void keep(std::size_t event_class, std::size_t wanted) {
    if (last_.size() <= event_class) last_.resize(event_class + 1, everything);
    auto& places = places_[event_class];
    if (wanted < places.size()) {
      const auto last = places.begin() + static_cast<std::ptrdiff_t>(wanted) - 1;
      std::nth_element(places.begin(), last, places.end());
      last_[event_class] = *last;
    }
    places = {};
  }
  bool kept(std::size_t event_class, std::uint64_t event_id) const {
    return event_class >= last_.size() || place_in_order(event_id) <= last_[event_class];
  }

 private:
  static constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::vector<std::uint64_t>> places_;  ///< by class
  std::vector<std::uint64_t> last_;                 ///< by class: the last place kept
};

}  // namespace steppe
