// Calls into plugins that read, transform and build, in C++ terms. Attacks, optimizers, trainers
// and metrics are called where they are used, in the run floor.
#pragma once

#include "framework/network/graph.hpp"
#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"

#include <steppe/columns.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace steppe::plugin {

/// What an attack moves: `wired` ("inputs", "weights"), or for "auto" what it is meant for.
steppe_space attacked_space(const std::string& wired, const StageInfo& attack);

/// Takes what a reader or a transform gives.
class RowReceiver {
 public:
  virtual ~RowReceiver() = default;
  virtual void columns(const Columns& columns) = 0;
  /// `values`: rows x columns, row-major.
  virtual void append(std::size_t rows, const float* values, const std::uint64_t* event_ids) = 0;
  virtual void file(const std::string& /*path*/, std::uint64_t /*rows*/,
                    std::optional<std::uint64_t> /*expected*/) {}
};

/// Columns a reader will give; may open files. @throws PluginError.
Columns reader_columns(const Instance& reader);
/// Columns a transform makes of `input`. @throws PluginError saying what is missing.
Columns transform_columns(const Instance& transform, const Columns& input);

/// Runs a reader. @throws PluginError, Cancelled, and whatever the receiver throws.
void read(const Instance& reader, StageHost& host, RowReceiver& to);

/// A transform bound to its input's columns. [any thread], one host a thread.
class BoundTransform {
 public:
  BoundTransform(const Instance& transform, Columns input);
  const Columns& input() const { return input_; }
  /// Whether it has to see all rows before it is applied to one.
  bool surveys() const;
  /// `survey`: what it has counted; null where it does not survey.
  void apply(StageHost& host, const void* survey, std::size_t rows, const float* values,
             const std::uint64_t* event_ids, RowReceiver& to) const;

 private:
  friend class Survey;

  const Instance& transform_;
  Columns input_;
  std::vector<steppe_column> c_columns_;
};

/// What a transform counts in the rows it will be applied to. [one thread]
class Survey {
 public:
  /// @pre of.surveys(). `of` outlives it. @throws PluginError.
  Survey(const BoundTransform& of, StageHost& host);
  ~Survey();
  Survey(Survey&& other) noexcept;
  Survey& operator=(Survey&&) = delete;

  void add(StageHost& host, std::size_t rows, const float* values, const std::uint64_t* event_ids);
  const void* get() const { return survey_; }

 private:
  const BoundTransform* of_;
  void* survey_ = nullptr;
};

/// Asks a model for its graph on the features among `columns`, with the host's `preprocess` layers
/// in front and `outputs` columns at the end. `layers`: what it may call beside the built-in
/// operations. @throws PluginError, network::GraphError.
network::Graph build_graph(const Instance& model, const Columns& columns,
                           const std::vector<std::string>& preprocess, std::size_t outputs,
                           const network::OperationList& layers = {});

}  // namespace steppe::plugin
