#include "framework/plugin/instance.hpp"

#include "framework/plugin/host.hpp"

#include <deque>
#include <utility>

namespace steppe::plugin {

namespace {

steppe_scalar to_c(const Scalar& value) {
  steppe_scalar out{};
  if (const auto* real = std::get_if<double>(&value)) out.real = *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) out.integer = *integer;
  if (const auto* flag = std::get_if<bool>(&value)) out.boolean = *flag ? 1 : 0;
  if (const auto* text = std::get_if<std::string>(&value)) out.text = text->c_str();
  return out;
}

}  // namespace

Instance::Instance(const StageInfo& info, const Settings& settings, const std::string& name)
    : info_{&info}, name_{name} {
  std::deque<std::vector<steppe_scalar>> items;
  std::vector<steppe_value> values;
  for (const auto& setting : settings.items) {
    auto& list = items.emplace_back();
    for (const auto& item : setting.items) list.push_back(to_c(item));
    values.push_back({setting.name.c_str(), static_cast<steppe_type>(setting.type),
                      setting.is_array ? 1 : 0, list.size(), list.data()});
  }
  Surroundings surroundings;
  surroundings.log = [&](steppe_log_level, const std::string& text) { notes_.push_back(text); };
  StageHost host{info.kind, name, std::move(surroundings)};
  host.finish(info.table->create(host.get(), values.data(), values.size(), &instance_));
}

Instance::~Instance() {
  if (instance_) info_->table->destroy(instance_);
}

Instance::Instance(Instance&& other) noexcept
    : info_{other.info_},
      name_{std::move(other.name_)},
      instance_{std::exchange(other.instance_, nullptr)},
      notes_{std::move(other.notes_)} {}

Instance& Instance::operator=(Instance&& other) noexcept {
  std::swap(info_, other.info_);
  std::swap(name_, other.name_);
  std::swap(instance_, other.instance_);
  std::swap(notes_, other.notes_);
  return *this;
}

}  // namespace steppe::plugin
