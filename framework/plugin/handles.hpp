// Plugin instances as the host uses them: created from checked settings, destroyed with the
// handle, every failure an exception with the stage's name in its sentence.
#pragma once

#include <memory>
#include <string>

#include <steppe/columns.hpp>

#include "framework/network/graph.hpp"
#include "framework/plugin/catalogue.hpp"

namespace steppe::plugin {

/// The host's side of one call into a plugin: catches its sentence, log lines and progress.
class Call;

/// One instance of any kind.
class Instance {
 public:
  /// @throws PluginError with the plugin's own sentence when it refuses the settings.
  Instance(const StageInfo& info, const Settings& settings);
  ~Instance();
  Instance(Instance&&) noexcept;
  Instance& operator=(Instance&&) noexcept;

  const StageInfo& info() const { return *info_; }
  void* get() const { return instance_; }
  /// The kind's table, cut to what the plugin was built with.
  template <class T>
  const T& table() const {
    return *static_cast<const T*>(info_->table->table);
  }
  /// Notes the plugin made while it was created.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  const StageInfo* info_;
  void* instance_ = nullptr;
  std::vector<std::string> notes_;
};

/// Columns a reader will give; may open files. @throws PluginError.
Columns reader_columns(const Instance& reader);
/// Columns a transform makes of `input`. @throws PluginError saying what is missing.
Columns transform_columns(const Instance& transform, const Columns& input);
/// Asks a model for its graph on the features among `columns`, with the host's `preprocess` layers
/// in front. @throws PluginError, network::GraphError.
network::Graph build_graph(const Instance& model, const Columns& columns,
                           const std::vector<std::string>& preprocess);

}  // namespace steppe::plugin
