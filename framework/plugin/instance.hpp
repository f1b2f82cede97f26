// One plugin instance: created from checked settings, destroyed with this object.
#pragma once

#include "framework/plugin/catalogue.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace steppe::plugin {

/// The functions of a stage's kind; those appended to the table after the plugin was built are
/// null.
template <class Table>
Table functions_of(const StageInfo& info) {
  Table out{};
  std::uint32_t size = 0;
  std::memcpy(&size, info.table->table, sizeof size);
  std::memcpy(&out, info.table->table, std::min<std::size_t>(size, sizeof out));
  return out;
}

/// Every setting of a stage as its schema has it; those that are required are empty.
inline Settings default_settings(const StageInfo& info) {
  Settings out;
  for (const auto& p : info.parameters)
    out.items.push_back({p.name, p.type, p.is_array, p.fallback});
  return out;
}

class Instance {
 public:
  /// `name`: the stage's heading in the pipeline, for messages. @throws PluginError with the
  /// plugin's own sentence when it refuses the settings.
  Instance(const StageInfo& info, const Settings& settings, const std::string& name);
  ~Instance();
  Instance(Instance&& other) noexcept;
  Instance& operator=(Instance&& other) noexcept;

  const StageInfo& info() const { return *info_; }
  const std::string& name() const { return name_; }
  void* get() const { return instance_; }
  /// Odd but legal choices the plugin remarked on.
  const std::vector<std::string>& notes() const { return notes_; }

  template <class Table>
  Table functions() const {
    return functions_of<Table>(*info_);
  }

 private:
  const StageInfo* info_;
  std::string name_;
  void* instance_ = nullptr;
  std::vector<std::string> notes_;
};

}  // namespace steppe::plugin
