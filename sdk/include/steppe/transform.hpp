// Transforms: data set -> data set, chunk by chunk; rows may be dropped.
//
//   struct MyTransform {
//     steppe::Columns columns(const steppe::Columns& input) const;   // or throws: what is missing
//     void apply(const steppe::Columns& input, const steppe::Rows&, const steppe::RowSink&) const;
//   };
//
// One that draws random numbers takes the host first: apply(host, input, rows, sink). One that has
// to know all rows before it can do its work on one counts them in a survey of its own making:
//
//     struct Survey { ... };
//     void survey(const steppe::Columns& input, const steppe::Rows&, Survey&) const;  // in order
//     void conclude(const steppe::Host&, Survey&) const;   // optional: once, after the last row
//     void apply(const steppe::Columns& input, const steppe::Rows&, const Survey&,
//                const steppe::RowSink&) const;
#pragma once

#include <steppe/columns.hpp>
#include <steppe/plugin.hpp>

#include <mutex>

namespace steppe {

namespace detail {

template <class T>
concept GivesColumns = requires(const T& transform, const Columns& input) {
  { transform.columns(input) } -> std::same_as<Columns>;
};

template <class T>
concept PlainTransform = requires(const T& transform, const Columns& input, const Rows& rows,
                                  const RowSink& sink) {
  transform.apply(input, rows, sink);
};

template <class T>
concept HostedTransform = requires(const T& transform, const Host& host, const Columns& input,
                                   const Rows& rows, const RowSink& sink) {
  transform.apply(host, input, rows, sink);
};

template <class T>
concept SurveyingTransform = requires(const T& transform, const Columns& input, const Rows& rows,
                                      typename T::Survey& survey, const RowSink& sink) {
  transform.survey(input, rows, survey);
  transform.apply(input, rows, std::as_const(survey), sink);
};

/// What a transform has counted. It is concluded by whichever thread comes first.
template <class Plugin>
class SurveyState {
 public:
  typename Plugin::Survey& counting() { return survey_; }

  const typename Plugin::Survey& concluded(const Plugin& plugin, const Host& host) const {
    if constexpr (requires { plugin.conclude(host, survey_); }) {
      const std::lock_guard lock{mutex_};
      if (!concluded_) plugin.conclude(host, survey_);
      concluded_ = true;
    }
    return survey_;
  }

 private:
  mutable typename Plugin::Survey survey_;
  mutable std::mutex mutex_;
  mutable bool concluded_ = false;
};

}  // namespace detail

template <class T>
concept Transform = detail::GivesColumns<T> &&
    (detail::PlainTransform<T> || detail::HostedTransform<T> || detail::SurveyingTransform<T>);

namespace detail {

inline Rows from_c(const steppe_rows& rows, std::size_t columns) {
  return {rows.rows, columns, rows.values, {rows.event_ids, rows.rows}};
}

template <class Plugin>
void apply(const Plugin& plugin, [[maybe_unused]] const void* survey,
           [[maybe_unused]] const Host& host, const Columns& input, const Rows& rows,
           const RowSink& sink) {
  if constexpr (SurveyingTransform<Plugin>)
    plugin.apply(input, rows,
                 static_cast<const SurveyState<Plugin>*>(survey)->concluded(plugin, host), sink);
  else if constexpr (HostedTransform<Plugin>)
    plugin.apply(host, input, rows, sink);
  else
    plugin.apply(input, rows, sink);
}

template <class Plugin>
constexpr steppe_transform transform_functions() {
  steppe_transform out{
      .size = sizeof(steppe_transform),
      .columns =
          [](const void* instance, const steppe_host* host, const steppe_column* items,
             std::size_t count, const char* domain, const steppe_sink* sink) {
            return guard(host, [&] {
              const Columns input = from_c(items, count, domain);
              declare(sink, as<Plugin>(instance).columns(input));
            });
          },
      .apply =
          [](const void* instance, const void* survey, const steppe_host* host,
             const steppe_column* items, std::size_t count, const steppe_rows* rows,
             const steppe_sink* sink) {
            return guard(host, [&] {
              const auto& plugin = as<Plugin>(instance);
              const Columns input = from_c(items, count, "");
              apply(plugin, survey, Host{host}, input, from_c(*rows, count),
                    RowSink{sink, plugin.columns(input).size()});
            });
          },
      .new_survey = nullptr,
      .survey = nullptr,
      .free_survey = nullptr};
  if constexpr (SurveyingTransform<Plugin>) {
    out.new_survey = [](const void*, const steppe_host* host, const steppe_column*, std::size_t,
                        void** survey) {
      return guard(host, [&] { *survey = new SurveyState<Plugin>; });
    };
    out.survey = [](const void* instance, void* survey, const steppe_host* host,
                    const steppe_column* items, std::size_t count, const steppe_rows* rows) {
      return guard(host, [&] {
        as<Plugin>(instance).survey(from_c(items, count, ""), from_c(*rows, count),
                                    static_cast<SurveyState<Plugin>*>(survey)->counting());
      });
    };
    out.free_survey = [](void* survey) { delete static_cast<SurveyState<Plugin>*>(survey); };
  }
  return out;
}

}  // namespace detail

template <Transform Plugin>
std::unique_ptr<Stage> transform(const About& about) {
  static constexpr steppe_transform functions = detail::transform_functions<Plugin>();
  return std::make_unique<detail::StageOf<Plugin>>("transform", about, &functions);
}

}  // namespace steppe
