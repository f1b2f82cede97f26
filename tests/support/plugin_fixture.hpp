// Plugins under test, through their C tables alone: load a built library, make one of its stages
// with settings, and keep what it gives.
//
//   steppe::testing::StageUnderTest reader{"toy_jets", {{"jets_per_class", 10}}};
//   const auto data = steppe::testing::read(reader);
//   EXPECT_EQ(data.at(0, "label"), 1.0F);
//
// A stage that refuses its settings or its work throws steppe::Error with its own sentence.
#pragma once

#include <steppe/columns.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <dlfcn.h>

namespace steppe::testing {

/// A host that writes down what it is told. Random streams start at (seed, purpose, epoch).
class RecordingHost {
 public:
  RecordingHost() {
    host_ = {.size = sizeof host_,
             .self = this,
             .set_error = [](const steppe_host* h, const char* text) { self(h).error = text; },
             .log = [](const steppe_host* h, steppe_log_level level,
                       const char* text) { self(h).logged.emplace_back(level, text); },
             .progress = [](const steppe_host*, std::uint64_t, std::uint64_t, const char*) {},
             .cancelled = [](const steppe_host* h) { return self(h).cancel ? 1 : 0; },
             .random =
                 [](const steppe_host* h, const char* purpose, std::uint64_t epoch) {
                   return steppe_random{std::hash<std::string>{}(purpose) ^ self(h).seed, epoch};
                 },
             .operations = nullptr};
  }
  RecordingHost(const RecordingHost&) = delete;
  RecordingHost& operator=(const RecordingHost&) = delete;

  const steppe_host* raw() const { return &host_; }
  /// Throws what a stage said when it failed.
  void check(steppe_status status) {
    if (status != STEPPE_OK) throw Error{std::exchange(error, {}), status};
  }

  std::string error;
  std::vector<std::pair<steppe_log_level, std::string>> logged;
  bool cancel = false;
  std::uint64_t seed = 1;

 private:
  static RecordingHost& self(const steppe_host* host) {
    return *static_cast<RecordingHost*>(host->self);
  }
  steppe_host host_{};
};

/// A setting as a test spells it: a number, true, "text", or a list of one of these.
class Given {
 public:
  using Item = std::variant<double, std::int64_t, bool, std::string>;

  template <class T>
  Given(const T& value) : items_{item(value)} {}
  template <class T>
  Given(const std::vector<T>& values) : is_array_{true} {
    for (const auto& value : values) items_.push_back(item(value));
  }

  /// The C value of this setting; it points into this object.
  steppe_value value(const steppe_parameter& parameter) {
    scalars_.clear();
    for (const auto& one : items_) scalars_.push_back(scalar(one, parameter));
    return {parameter.name, parameter.type, is_array_, scalars_.size(), scalars_.data()};
  }

 private:
  template <class T>
  static Item item(const T& value) {
    if constexpr (std::is_same_v<T, bool>)
      return value;
    else if constexpr (std::is_integral_v<T>)
      return static_cast<std::int64_t>(value);
    else if constexpr (std::is_floating_point_v<T>)
      return static_cast<double>(value);
    else
      return std::string{value};
  }
  static steppe_scalar scalar(const Item& item, const steppe_parameter& parameter) {
    steppe_scalar out{};
    if (parameter.type == STEPPE_REAL && std::holds_alternative<std::int64_t>(item))
      out.real = static_cast<double>(std::get<std::int64_t>(item));
    else if (parameter.type == STEPPE_REAL)
      out.real = std::get<double>(item);
    else if (parameter.type == STEPPE_INTEGER)
      out.integer = std::get<std::int64_t>(item);
    else if (parameter.type == STEPPE_BOOLEAN)
      out.boolean = std::get<bool>(item) ? 1 : 0;
    else
      out.text = std::get<std::string>(item).c_str();
    return out;
  }

  bool is_array_ = false;
  std::vector<Item> items_;
  std::vector<steppe_scalar> scalars_;
};

using Settings = std::map<std::string, Given>;

/// One stage of a plugin built in this tree, ready to be called.
class StageUnderTest {
 public:
  /// `name` is that of the library and of the stage. Settings that are not given have the schema's
  /// defaults.
  explicit StageUnderTest(const std::string& name, Settings settings = {})
      : stage_{find(name)}, settings_{std::move(settings)} {
    std::vector<steppe_value> values;
    for (std::size_t i = 0; i < stage_->parameter_count; ++i) {
      const auto& p = stage_->parameters[i];
      const auto given = settings_.find(p.name);
      if (given != settings_.end())
        values.push_back(given->second.value(p));
      else if (p.required)
        throw std::logic_error{name + " needs '" + p.name + "'"};
      else
        values.push_back({p.name, p.type, p.is_array, p.fallback_count, p.fallback});
    }
    host_.check(stage_->create(host_.raw(), values.data(), values.size(), &instance_));
  }
  ~StageUnderTest() { stage_->destroy(instance_); }
  StageUnderTest(const StageUnderTest&) = delete;
  StageUnderTest& operator=(const StageUnderTest&) = delete;

  const steppe_stage& stage() const { return *stage_; }
  /// The functions of its kind: `table<steppe_metric>().measure(...)`.
  template <class Table>
  const Table& table() const {
    return *static_cast<const Table*>(stage_->table);
  }
  void* instance() const { return instance_; }
  RecordingHost& host() { return host_; }

 private:
  static const steppe_stage* find(const std::string& name) {
    const std::string path = std::string{STEPPE_PLUGINS_DIR} + "/" + name + ".so";
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // kept until the test ends
    if (!library) throw std::runtime_error{dlerror()};
    using Entry = const steppe_plugin* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, "steppe_plugin_entry"));
    const steppe_plugin* plugin = entry ? entry() : nullptr;
    for (std::size_t i = 0; plugin && i < plugin->stage_count; ++i)
      if (plugin->stages[i]->name == name) return plugin->stages[i];
    throw std::runtime_error{"'" + path + "' has no stage '" + name + "'"};
  }

  const steppe_stage* stage_;
  Settings settings_;
  RecordingHost host_;
  void* instance_ = nullptr;
};

/// Rows that a reader or a transform gave.
struct Collected {
  struct File {
    std::string path;
    std::uint64_t rows;
    std::int64_t expected;
  };

  Columns columns;
  std::vector<float> values;
  std::vector<std::uint64_t> event_ids;
  std::vector<File> files;

  std::size_t rows() const { return event_ids.size(); }
  std::size_t column(const std::string& name) const {
    if (index_.size() != columns.size())
      for (std::size_t i = 0; i < columns.size(); ++i) index_[columns.items[i].name] = i;
    return index_.at(name);
  }
  float at(std::size_t row, const std::string& name) const {
    return values[row * columns.size() + column(name)];
  }
  /// "constituent", 3, "pt" -> the column constituent.3.pt.
  float at(std::size_t row, const std::string& group, std::size_t slot,
           const std::string& name) const {
    return at(row, group + "." + std::to_string(slot) + "." + name);
  }

 private:
  mutable std::unordered_map<std::string, std::size_t> index_;
};

/// A sink that fills a Collected, which must outlive it.
inline steppe_sink sink_into(Collected& out) {
  return {.size = sizeof(steppe_sink),
          .self = &out,
          .columns = [](void* p, const steppe_column* items, std::size_t count,
                        const char* domain) -> steppe_status {
            static_cast<Collected*>(p)->columns = detail::from_c(items, count, domain);
            return STEPPE_OK;
          },
          .append = [](void* p, std::size_t rows, const float* values,
                       const std::uint64_t* ids) -> steppe_status {
            auto& to = *static_cast<Collected*>(p);
            to.values.insert(to.values.end(), values, values + rows * to.columns.size());
            to.event_ids.insert(to.event_ids.end(), ids, ids + rows);
            return STEPPE_OK;
          },
          .file = [](void* p, const char* path, std::uint64_t rows,
                     std::int64_t expected) -> steppe_status {
            static_cast<Collected*>(p)->files.push_back({path, rows, expected});
            return STEPPE_OK;
          }};
}

/// Everything a reader gives. @throws Error with its sentence.
inline Collected read(StageUnderTest& reader) {
  Collected out;
  const auto sink = sink_into(out);
  auto& host = reader.host();
  host.check(reader.table<steppe_reader>().read(reader.instance(), host.raw(), &sink));
  return out;
}

/// What a transform makes of rows, handed over in chunks. @throws Error with its sentence.
inline Collected apply(StageUnderTest& transform, const Collected& input,
                       std::size_t chunk = 1000) {
  Collected out;
  const auto sink = sink_into(out);
  const auto& functions = transform.table<steppe_transform>();
  auto& host = transform.host();
  const auto items = detail::to_c(input.columns);
  host.check(functions.columns(transform.instance(), host.raw(), items.data(), items.size(),
                               input.columns.domain.c_str(), &sink));
  const auto each_chunk = [&](const auto& work) {
    for (std::size_t begin = 0; begin < input.rows(); begin += chunk) {
      const steppe_rows rows{sizeof(steppe_rows), std::min(chunk, input.rows() - begin),
                             input.values.data() + begin * items.size(),
                             input.event_ids.data() + begin};
      host.check(work(rows));
    }
  };
  std::unique_ptr<void, void (*)(void*)> survey{nullptr, functions.free_survey};
  if (functions.new_survey) {
    void* made = nullptr;
    host.check(
        functions.new_survey(transform.instance(), host.raw(), items.data(), items.size(), &made));
    survey.reset(made);
    each_chunk([&](const steppe_rows& rows) {
      return functions.survey(transform.instance(), survey.get(), host.raw(), items.data(),
                              items.size(), &rows);
    });
  }
  each_chunk([&](const steppe_rows& rows) {
    return functions.apply(transform.instance(), survey.get(), host.raw(), items.data(),
                           items.size(), &rows, &sink);
  });
  return out;
}

/// Numbers that a metric or a sharpness measure gave, by name.
struct Measured {
  struct Value {
    double value;
    double uncertainty;
  };
  std::map<std::string, Value> values;
  std::map<std::string, std::string> undefined;  ///< and why
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> curves;
};

/// A results table that fills a Measured, which must outlive it.
inline steppe_results results_into(Measured& out) {
  return {
      .size = sizeof(steppe_results),
      .self = &out,
      .value = [](void* p, const char* name, double value, double uncertainty) -> steppe_status {
        static_cast<Measured*>(p)->values[name] = {value, uncertainty};
        return STEPPE_OK;
      },
      .undefined = [](void* p, const char* name, const char* reason) -> steppe_status {
        static_cast<Measured*>(p)->undefined[name] = reason;
        return STEPPE_OK;
      },
      .curve = [](void* p, const char* name, const char*, const char*, const double* x,
                  const double* y, std::size_t count) -> steppe_status {
        static_cast<Measured*>(p)->curves[name] = {{x, x + count}, {y, y + count}};
        return STEPPE_OK;
      },
      .at = nullptr};
}

/// What a metric says of scores, `logits` row by row; weights are 1 when none are given. @throws
/// Error.
inline Measured measure(StageUnderTest& metric, const std::vector<float>& logits,
                        const std::vector<float>& labels, std::vector<float> weights = {},
                        std::size_t classes = 2) {
  if (weights.empty()) weights.assign(labels.size(), 1.0F);
  std::vector<std::uint64_t> ids(labels.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
  const steppe_scores scores{.size = sizeof(steppe_scores),
                             .rows = labels.size(),
                             .logits = logits.data(),
                             .labels = labels.data(),
                             .weights = weights.data(),
                             .event_ids = ids.data(),
                             .outputs = logits.size() / labels.size(),
                             .classes = classes,
                             .attacked_logits = nullptr};
  Measured out;
  const auto results = results_into(out);
  auto& host = metric.host();
  host.check(
      metric.table<steppe_metric>().measure(metric.instance(), host.raw(), &scores, &results));
  return out;
}

/// The sentence with which `work` fails; "" when it does not.
template <class Work>
std::string sentence_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace steppe::testing
