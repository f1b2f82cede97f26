// Projectors: bring events that an attack has moved back to what is allowed.
//
//   struct Positive {
//     void project(const steppe::Columns& columns, const steppe::Tensor& before,
//                  const steppe::Tensor& after) const {
//       const auto view = after.host();
//       for (std::size_t r = 0; r < view.rows(); ++r)
//         for (float& x : view.row(r)) x = std::max(x, 0.0F);
//     }
//   };
//   STEPPE_PLUGIN(steppe::projector<Positive>({.name = "positive", .summary = "no value below 0"}))
//
// Twice is as good as once, and what is allowed keeps its bits: the conformance suite holds every
// projector to both. What the user holds back is put back by the host.
//
// An attack in several steps goes on from the projected point, which is right for a border that
// cannot be crossed. Where the projection gives a point another name, or the nearest of separate
// values, a step would be lost or start elsewhere: then say `static constexpr bool each_step =
// false;`, and the attack goes on from where it was.
#pragma once

#include <steppe/columns.hpp>
#include <steppe/pattern.hpp>
#include <steppe/plugin.hpp>
#include <steppe/tensor.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace steppe {

template <class T>
concept Projector = requires(const T& projector, const Columns& columns, const Tensor& tensor) {
  projector.project(columns, tensor, tensor);
};

/// Indices of the columns that one of `patterns` covers, in order. @throws Error for a pattern that
/// covers none (most likely a misspelling), and for no pattern at all.
inline std::vector<std::size_t> columns_named(const Columns& columns,
                                              const std::vector<std::string>& patterns) {
  if (patterns.empty()) throw Error{"'columns' is empty; name at least one, such as '*'"};
  for (const auto& pattern : patterns)
    if (std::none_of(columns.items.begin(), columns.items.end(),
                     [&](const Column& column) { return matches(pattern, column.name); }))
      throw Error{"'" + pattern + "' covers no feature column"};
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (any_matches(patterns, columns.items[i].name)) out.push_back(i);
  return out;
}

/// x <- change(x) for every value of some columns.
template <class Change>
void change_columns(const Tensor& tensor, const std::vector<std::size_t>& columns,
                    const Change& change) {
  const auto view = tensor.host();
  for (std::size_t r = 0; r < view.rows(); ++r) {
    const auto row = view.row(r);
    for (const auto c : columns) row[c] = change(row[c]);
  }
}

namespace detail {

template <class Plugin>
constexpr bool projects_each_step() {
  if constexpr (requires { Plugin::each_step; })
    return Plugin::each_step;
  else
    return true;
}

}  // namespace detail

template <Projector Plugin>
std::unique_ptr<Stage> projector(const About& about) {
  static constexpr steppe_projector functions{
      .size = sizeof(steppe_projector),
      .project =
          [](const void* instance, const steppe_host* host, const steppe_column* items,
             std::size_t count, const steppe_tensor* before, steppe_tensor* after) {
            return detail::guard(host, [&] {
              detail::as<Plugin>(instance).project(detail::from_c(items, count, ""),
                                                   Tensor{host, before}, Tensor{host, after});
            });
          },
      .each_step = detail::projects_each_step<Plugin>() ? 1 : 0};
  return std::make_unique<detail::StageOf<Plugin>>("projector", about, &functions);
}

}  // namespace steppe
