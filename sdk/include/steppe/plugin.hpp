// Registration: one line at the end of a plugin's source file.
//
//   STEPPE_PLUGIN(steppe::attack<Fgsm>({.name = "fgsm", .summary = "one signed-gradient step"}))
//
// A library may hold several stages: list them with commas.
#pragma once

#include <steppe/abi.h>
#include <steppe/host.hpp>
#include <steppe/parameters.hpp>

#include <memory>
#include <vector>

namespace steppe {

/// What a stage says about itself. `name` and `summary` are needed, the rest is welcome.
struct About {
  const char* name = "";
  const char* summary = "";   ///< one line
  const char* text = "";      ///< formulas, units, layout; paragraphs split by empty lines
  const char* source = "";    ///< "eq. 7 of arXiv:2411.09296"
  const char* version = "1";  ///< changed when the same settings give other numbers
  const char* example = "";   ///< a few lines of TOML
};

/// A stage with the C tables behind it. Made once, when the library is loaded.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual const steppe_stage* table() const = 0;
};

namespace detail {

struct NoParameters {};

template <class Plugin>
struct ParametersOf {
  using type = NoParameters;
};
template <class Plugin>
requires requires { typename Plugin::Parameters; }
struct ParametersOf<Plugin> {
  using type = typename Plugin::Parameters;
};

/// Schema, creation and destruction: the same for every kind.
template <class Plugin>
class StageOf final : public Stage {
 public:
  using Parameters = typename ParametersOf<Plugin>::type;

  StageOf(const char* kind, const About& about, const void* functions) {
    table_ = {.size = sizeof table_,
              .kind = kind,
              .name = about.name,
              .summary = about.summary,
              .text = about.text,
              .source = about.source,
              .version = about.version,
              .example = about.example,
              .parameters = parameters().parameters().data(),
              .parameter_count = parameters().parameters().size(),
              .create = create,
              .destroy = [](void* instance) { delete static_cast<Plugin*>(instance); },
              .table = functions};
  }
  const steppe_stage* table() const override { return &table_; }

 private:
  static const ParameterTable<Parameters>& parameters() {
    static const ParameterTable<Parameters> table;
    return table;
  }

  static steppe_status create(const steppe_host* host, const steppe_value* values,
                              std::size_t count, void** instance) {
    return guard(host, [&] {
      auto plugin = std::make_unique<Plugin>();
      if constexpr (requires { plugin->parameters; }) {
        plugin->parameters = parameters().read(values, count);
        // What a range cannot say: an optional rule between the settings.
        if constexpr (requires { plugin->parameters.validate(); }) plugin->parameters.validate();
        // Legal but odd settings: an optional place to say so.
        if constexpr (requires { plugin->parameters.remark(Host{host}); })
          plugin->parameters.remark(Host{host});
      }
      *instance = plugin.release();
    });
  }

  steppe_stage table_;
};

template <class Plugin>
const Plugin& as(const void* instance) {
  return *static_cast<const Plugin*>(instance);
}

inline const steppe_plugin* make_plugin(std::vector<std::unique_ptr<Stage>>&& list) {
  static const std::vector<std::unique_ptr<Stage>> kept = std::move(list);
  static const std::vector<const steppe_stage*> tables = [] {
    std::vector<const steppe_stage*> out;
    for (const auto& stage : kept) out.push_back(stage->table());
    return out;
  }();
  static const steppe_plugin plugin{.size = sizeof(steppe_plugin),
                                    .abi_major = STEPPE_ABI_MAJOR,
                                    .abi_minor = STEPPE_ABI_MINOR,
                                    .build = "C++ " __VERSION__,
                                    .stages = tables.data(),
                                    .stage_count = tables.size()};
  return &plugin;
}

template <class... Stages>
std::vector<std::unique_ptr<Stage>> list(Stages... stages) {
  std::vector<std::unique_ptr<Stage>> out;
  (out.push_back(std::move(stages)), ...);
  return out;
}

}  // namespace detail
}  // namespace steppe

#define STEPPE_PLUGIN(...)                                                  \
  extern "C" STEPPE_EXPORT const steppe_plugin* steppe_plugin_entry(void) { \
    try {                                                                   \
      static const steppe_plugin* const plugin =                            \
          steppe::detail::make_plugin(steppe::detail::list(__VA_ARGS__));   \
      return plugin;                                                        \
    } catch (...) {                                                         \
      return nullptr;                                                       \
    }                                                                       \
  }
