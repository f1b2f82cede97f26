// Transforms: data set -> data set, stateless, chunk by chunk; rows may be dropped.
//
//   struct MyTransform {
//     steppe::Columns columns(const steppe::Columns& input) const;     // or throws: what is
//     missing void apply(const steppe::Columns& input, const steppe::Rows&, const steppe::RowSink&)
//     const;
//   };
#pragma once

#include <steppe/columns.hpp>
#include <steppe/plugin.hpp>

namespace steppe {

template <class T>
concept Transform = requires(const T& transform, const Columns& input, const Rows& rows,
                             const RowSink& sink) {
  { transform.columns(input) } -> std::same_as<Columns>;
  transform.apply(input, rows, sink);
};

template <Transform Plugin>
std::unique_ptr<Stage> transform(const About& about) {
  static constexpr steppe_transform functions{
      .size = sizeof(steppe_transform),
      .columns =
          [](const void* instance, const steppe_host* host, const steppe_column* items,
             std::size_t count, const char* domain, const steppe_sink* sink) {
            return detail::guard(host, [&] {
              const Columns input = detail::from_c(items, count, domain);
              detail::declare(sink, detail::as<Plugin>(instance).columns(input));
            });
          },
      .apply =
          [](const void* instance, const void*, const steppe_host* host, const steppe_column* items,
             std::size_t count, const steppe_rows* rows, const steppe_sink* sink) {
            return detail::guard(host, [&] {
              const auto& plugin = detail::as<Plugin>(instance);
              const Columns input = detail::from_c(items, count, "");
              plugin.apply(input,
                           Rows{rows->rows, count, rows->values, {rows->event_ids, rows->rows}},
                           RowSink{sink, plugin.columns(input).size()});
            });
          },
      .new_survey = nullptr,
      .survey = nullptr,
      .free_survey = nullptr};
  return std::make_unique<detail::StageOf<Plugin>>("transform", about, &functions);
}

}  // namespace steppe
