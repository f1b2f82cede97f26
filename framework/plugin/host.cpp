#include "framework/plugin/host.hpp"

#include "framework/plugin/catalogue.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

void steppe_tensor::point_at(const steppe::compute::Tensor& to) {
  tensor = to;
  segments.clear();
  if (!to.segments) return;
  for (const auto& s : to.segments->segments())
    segments.push_back({s.name.c_str(), s.offset, s.rows, s.columns});
}

namespace steppe::plugin {

namespace {

StageHost& self(const steppe_host* host) { return *static_cast<StageHost*>(host->self); }

thread_local const StageHost* stage_at_work = nullptr;

bool same_shape(const compute::Tensor& a, const compute::Tensor& b) {
  return a.rows == b.rows && a.columns == b.columns && a.segments == b.segments;
}

std::unique_ptr<steppe_tensor> made_like(compute::Queue& queue, const compute::Tensor& like) {
  return std::make_unique<steppe_tensor>(like.segments ? queue.flat(like.segments)
                                                       : queue.matrix(like.rows, like.columns));
}

}  // namespace

StageHost::StageHost(std::string kind, std::string name, Surroundings surroundings)
    : kind_{std::move(kind)}, name_{std::move(name)}, surroundings_{std::move(surroundings)} {
  table_.size = sizeof table_;
  table_.self = this;
  table_.operations = &operations();
  table_.set_error = [](const steppe_host* host, const char* sentence) {
    self(host).set_error(sentence);
  };
  table_.log = [](const steppe_host* host, steppe_log_level level, const char* sentence) {
    auto& stage = self(host);
    if (stage.surroundings_.log)
      stage.surroundings_.log(level,
                              fmt::format("{} '{}': {}", stage.kind_, stage.name_, sentence));
  };
  table_.progress = [](const steppe_host* host, std::uint64_t done, std::uint64_t total,
                       const char* unit) {
    const auto& progress = self(host).surroundings_.progress;
    if (progress) progress(done, total, unit);
  };
  table_.cancelled = [](const steppe_host* host) -> std::int32_t {
    const auto& cancelled = self(host).surroundings_.cancelled;
    return cancelled && cancelled() ? 1 : 0;
  };
  table_.random = [](const steppe_host* host, const char* purpose, std::uint64_t epoch) {
    return self(host).random(purpose, epoch);
  };
}

StageHost::~StageHost() { leave(); }

const StageHost* StageHost::at_work() { return stage_at_work; }

const steppe_host* StageHost::get() const {
  if (stage_at_work != this) {
    caller_ = std::exchange(stage_at_work, this);
    if (surroundings_.profile) span_.emplace(surroundings_.profile, kind_, name_);
  }
  return &table_;
}

void StageHost::leave() const {
  if (stage_at_work != this) return;
  stage_at_work = caller_;
  span_.reset();
}

compute::Queue& StageHost::queue() const {
  if (!surroundings_.queue)
    throw PluginError{fmt::format("{} '{}' has no device here", kind_, name_)};
  return *surroundings_.queue;
}

void StageHost::finish(steppe_status status) {
  leave();
  free_.clear();
  for (const auto& tensor : scratch_) free_.push_back(tensor.get());
  if (status == STEPPE_OK) return;
  if (status == STEPPE_CANCELLED) throw Cancelled{};
  if (sentence_.empty()) sentence_ = fmt::format("failed with status {} and said nothing", status);
  throw PluginError{fmt::format("{} '{}': {}", kind_, name_, std::exchange(sentence_, {}))};
}

steppe_random StageHost::random(std::string_view purpose, std::uint64_t epoch) const {
  return {stream_key(surroundings_.seed, surroundings_.trial, name_, purpose, epoch), 0};
}

steppe_tensor* StageHost::scratch_like(const compute::Tensor& like) {
  const auto found = std::find_if(free_.begin(), free_.end(), [&](const steppe_tensor* tensor) {
    return same_shape(tensor->tensor, like);
  });
  if (found != free_.end()) {
    auto* out = *found;
    free_.erase(found);
    return out;
  }
  return scratch_.emplace_back(made_like(queue(), like)).get();
}

steppe_tensor* StageHost::keep_like(const compute::Tensor& like) {
  return kept_.emplace_back(made_like(queue(), like)).get();
}

steppe_tensor* StageHost::scratch(std::size_t rows, std::size_t columns) {
  compute::Tensor shape;
  shape.rows = rows;
  shape.columns = columns;
  return scratch_like(shape);
}

void StageHost::release(steppe_tensor* tensor) { free_.push_back(tensor); }

}  // namespace steppe::plugin
