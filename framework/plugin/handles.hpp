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
  void apply(StageHost& host, std::size_t rows, const float* values, const std::uint64_t* event_ids,
             RowReceiver& to) const;

 private:
  const Instance& transform_;
  Columns input_;
  std::vector<steppe_column> c_columns_;
};

/// Asks a model for its graph on the features among `columns`, with the host's `preprocess` layers
/// in front. `layers`: what it may call beside the built-in operations. @throws PluginError,
/// network::GraphError.
network::Graph build_graph(const Instance& model, const Columns& columns,
                           const std::vector<std::string>& preprocess,
                           const network::OperationList& layers = {});

}  // namespace steppe::plugin
