#include "framework/plugin/handles.hpp"

#include "framework/data/utf8.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

namespace steppe::plugin {

namespace {

/// Hands a RowReceiver to a plugin. What the receiver throws is kept, told to the plugin as a
/// failure, and thrown again once the plugin has returned.
class SinkBridge {
 public:
  explicit SinkBridge(RowReceiver& to) : to_{to} {
    table_.size = sizeof table_;
    table_.self = this;
    table_.columns = [](void* self, const steppe_column* items, std::size_t count,
                        const char* domain) {
      return of(self).run([&](auto& out) { out.columns(detail::from_c(items, count, domain)); });
    };
    table_.append = [](void* self, std::size_t rows, const float* values,
                       const std::uint64_t* ids) {
      return of(self).run([&](auto& out) { out.append(rows, values, ids); });
    };
    table_.file = [](void* self, const char* path, std::uint64_t rows, std::int64_t expected) {
      return of(self).run([&](auto& out) {
        out.file(path, rows,
                 expected < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(expected)});
      });
    };
  }

  const steppe_sink* get() const { return &table_; }

  /// Ends the plugin's call.
  void finish(StageHost& host, steppe_status status) {
    host.finish(failure_ ? STEPPE_OK : status);
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  static SinkBridge& of(void* self) { return *static_cast<SinkBridge*>(self); }

  template <class Work>
  steppe_status run(Work&& work) noexcept {
    try {
      work(to_);
      return STEPPE_OK;
    } catch (...) {
      failure_ = std::current_exception();
      return STEPPE_INTERNAL;
    }
  }

  RowReceiver& to_;
  std::exception_ptr failure_;
  steppe_sink table_{};
};

/// Keeps the columns and refuses rows.
class ColumnsOnly final : public RowReceiver {
 public:
  void columns(const Columns& columns) override { columns_ = columns; }
  void append(std::size_t, const float*, const std::uint64_t*) override {
    throw PluginError{"it gave rows where only its columns were asked for"};
  }
  Columns take() { return std::move(columns_); }

 private:
  Columns columns_;
};

/// Columns whose names can be written into files of text. @throws PluginError
Columns readable(const Instance& of, Columns columns) {
  for (std::size_t c = 0; c < columns.items.size(); ++c)
    if (const auto& name = columns.items[c].name; !data::is_utf8(name))
      throw PluginError{fmt::format(
          "{} '{}': the name of column {}, '{}', is not UTF-8; convert the file to UTF-8",
          of.info().kind, of.name(), c + 1, name)};
  return columns;
}

StageHost quiet_host(const Instance& instance) {
  return StageHost{instance.info().kind, instance.name(), {}};
}

network::Attribute attribute_of(const steppe_value& value) {
  const auto& item = value.items[0];
  switch (value.type) {
    case STEPPE_REAL:
      return {value.name, item.real};
    case STEPPE_INTEGER:
      return {value.name, item.integer};
    case STEPPE_BOOLEAN:
      return {value.name, item.boolean != 0};
    default:
      return {value.name, std::string{item.text}};
  }
}

/// The graph under construction on the host's side. Node 0 of the plugin is whatever the
/// preprocessing layers end in.
class BuilderBridge {
 public:
  BuilderBridge(StageHost& host, const Columns& features, const std::vector<std::string>& front,
                std::size_t outputs, const network::OperationList& layers)
      : host_{host}, graph_{features.size(), layers}, c_columns_{detail::to_c(features)} {
    nodes_.push_back(0);
    for (const auto& layer : front) nodes_[0] = graph_.add(layer, {&nodes_[0], 1}, {});
    table_.size = sizeof table_;
    table_.self = this;
    table_.columns = c_columns_.data();
    table_.column_count = c_columns_.size();
    table_.outputs = outputs;
    table_.add = [](void* self, const char* operation, const std::uint64_t* inputs,
                    std::size_t input_count, const steppe_value* attributes,
                    std::size_t attribute_count, std::uint64_t* node) {
      return of(self).run([&](auto& to) {
        *node = to.add(operation, {inputs, input_count}, {attributes, attribute_count});
      });
    };
    table_.output = [](void* self, std::uint64_t node) {
      return of(self).run([&](auto& to) { to.graph_.set_output(to.node(node)); });
    };
  }

  const steppe_builder* get() const { return &table_; }
  network::Graph take() { return std::move(graph_); }

 private:
  static BuilderBridge& of(void* self) { return *static_cast<BuilderBridge*>(self); }

  std::size_t node(std::uint64_t index) const {
    if (index >= nodes_.size())
      throw network::GraphError{"there is no node " + std::to_string(index)};
    return nodes_[index];
  }

  std::uint64_t add(const char* operation, std::span<const std::uint64_t> inputs,
                    std::span<const steppe_value> attributes) {
    std::vector<std::size_t> from;
    for (const auto input : inputs) from.push_back(node(input));
    std::vector<network::Attribute> with;
    for (const auto& value : attributes) with.push_back(attribute_of(value));
    nodes_.push_back(graph_.add(operation, from, std::move(with)));
    return nodes_.size() - 1;
  }

  template <class Work>
  steppe_status run(Work&& work) noexcept {
    try {
      work(*this);
      return STEPPE_OK;
    } catch (const std::exception& error) {
      host_.set_error(error.what());
      return STEPPE_INVALID;
    }
  }

  StageHost& host_;
  network::Graph graph_;
  std::vector<std::size_t> nodes_;  ///< the plugin's node -> ours
  std::vector<steppe_column> c_columns_;
  steppe_builder table_{};
};

}  // namespace

steppe_space attacked_space(const std::string& wired, const StageInfo& attack) {
  if (wired == "auto") return functions_of<steppe_attack>(attack).default_space;
  return wired == "weights" ? STEPPE_WEIGHTS : STEPPE_INPUTS;
}

Columns reader_columns(const Instance& reader) {
  auto host = quiet_host(reader);
  ColumnsOnly to;
  SinkBridge sink{to};
  const auto functions = reader.functions<steppe_reader>();
  sink.finish(host, functions.columns(reader.get(), host.get(), sink.get()));
  return readable(reader, to.take());
}

Columns transform_columns(const Instance& transform, const Columns& input) {
  auto host = quiet_host(transform);
  ColumnsOnly to;
  SinkBridge sink{to};
  const auto table = detail::to_c(input);
  const auto functions = transform.functions<steppe_transform>();
  sink.finish(host, functions.columns(transform.get(), host.get(), table.data(), table.size(),
                                      input.domain.c_str(), sink.get()));
  return readable(transform, to.take());
}

void read(const Instance& reader, StageHost& host, RowReceiver& to) {
  SinkBridge sink{to};
  const auto functions = reader.functions<steppe_reader>();
  sink.finish(host, functions.read(reader.get(), host.get(), sink.get()));
}

BoundTransform::BoundTransform(const Instance& transform, Columns input)
    : transform_{transform}, input_{std::move(input)}, c_columns_{detail::to_c(input_)} {}

bool BoundTransform::surveys() const {
  return transform_.functions<steppe_transform>().new_survey != nullptr;
}

void BoundTransform::apply(StageHost& host, const void* survey, std::size_t rows,
                           const float* values, const std::uint64_t* event_ids,
                           RowReceiver& to) const {
  SinkBridge sink{to};
  const steppe_rows chunk{sizeof(steppe_rows), rows, values, event_ids};
  const auto functions = transform_.functions<steppe_transform>();
  sink.finish(host, functions.apply(transform_.get(), survey, host.get(), c_columns_.data(),
                                    c_columns_.size(), &chunk, sink.get()));
}

Survey::Survey(const BoundTransform& of, StageHost& host) : of_{&of} {
  const auto functions = of.transform_.functions<steppe_transform>();
  host.finish(functions.new_survey(of.transform_.get(), host.get(), of.c_columns_.data(),
                                   of.c_columns_.size(), &survey_));
}

Survey::~Survey() {
  if (survey_) of_->transform_.functions<steppe_transform>().free_survey(survey_);
}

Survey::Survey(Survey&& other) noexcept
    : of_{other.of_}, survey_{std::exchange(other.survey_, nullptr)} {}

void Survey::add(StageHost& host, std::size_t rows, const float* values,
                 const std::uint64_t* event_ids) {
  const steppe_rows chunk{sizeof(steppe_rows), rows, values, event_ids};
  const auto functions = of_->transform_.functions<steppe_transform>();
  host.finish(functions.survey(of_->transform_.get(), survey_, host.get(), of_->c_columns_.data(),
                               of_->c_columns_.size(), &chunk));
}

network::Graph build_graph(const Instance& model, const Columns& columns,
                           const std::vector<std::string>& preprocess, std::size_t outputs,
                           const network::OperationList& layers) {
  Columns features{{}, columns.domain};
  for (const auto& column : columns.items)
    if (column.role == Role::feature) features.items.push_back(column);
  auto host = quiet_host(model);
  BuilderBridge builder{host, features, preprocess, outputs, layers};
  const auto functions = model.functions<steppe_model>();
  host.finish(functions.build(model.get(), host.get(), builder.get()));
  return builder.take();
}

}  // namespace steppe::plugin
