// Readers: settings -> data set.
//
//   struct MyReader {
//     struct Parameters { ...; static auto schema(); } parameters;
//     steppe::Columns columns(const steppe::Host&) const;              // may open files
//     void read(const steppe::Host&, const steppe::RowSink&) const;    // chunk by chunk
//   };
//   STEPPE_PLUGIN(steppe::reader<MyReader>({.name = "mine", .summary = "..."}))
#pragma once

#include <steppe/columns.hpp>
#include <steppe/plugin.hpp>

namespace steppe {

template <class T>
concept Reader = requires(const T& reader, const Host& host, const RowSink& sink) {
  { reader.columns(host) } -> std::same_as<Columns>;
  reader.read(host, sink);
};

template <Reader Plugin>
std::unique_ptr<Stage> reader(const About& about) {
  static constexpr steppe_reader functions{
      .size = sizeof(steppe_reader),
      .columns =
          [](void* instance, const steppe_host* host, const steppe_sink* sink) {
            return detail::guard(host, [&] {
              detail::declare(sink, detail::as<Plugin>(instance).columns(Host{host}));
            });
          },
      .read =
          [](void* instance, const steppe_host* host, const steppe_sink* sink) {
            return detail::guard(host, [&] {
              const auto& plugin = detail::as<Plugin>(instance);
              const Columns columns = plugin.columns(Host{host});
              detail::declare(sink, columns);
              plugin.read(Host{host}, RowSink{sink, columns.size()});
            });
          }};
  return std::make_unique<detail::StageOf<Plugin>>("reader", about, &functions);
}

}  // namespace steppe
