// The host's side of a call into a plugin: catches the plugin's sentence, passes on its messages
// and progress, owns its scratch tensors, and knows where its random numbers start.
#pragma once

#include "framework/compute/profile.hpp"

#include <steppe/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// A tensor as plugins see it: an opaque handle.
struct steppe_tensor {
  steppe_tensor() = default;
  explicit steppe_tensor(const steppe::compute::Tensor& to) { point_at(to); }
  void point_at(const steppe::compute::Tensor& to);

  steppe::compute::Tensor tensor;
  std::vector<steppe_segment> segments;
};

namespace steppe::plugin {

/// The run is being stopped and a stage left in good order.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error{"stopped"} {}
};

/// What a stage's calls reach. Functions may be empty.
struct Surroundings {
  std::uint64_t seed = 0;
  std::uint64_t trial = 0;
  compute::Queue* queue = nullptr;      ///< none: operations are refused
  compute::Profile* profile = nullptr;  ///< is told who is at work; none: nobody is
  std::function<void(steppe_log_level, const std::string&)> log;
  std::function<void(std::uint64_t done, std::uint64_t total, const char* unit)> progress;
  std::function<bool()> cancelled;

  /// For whatever takes long, several times a second. @throws Cancelled.
  void stop_if_cancelled() const {
    if (cancelled && cancelled()) throw Cancelled{};
  }
};

/// One stage's host. Not shared between threads.
class StageHost {
 public:
  /// `name`: the stage's heading in the pipeline; keys its random streams and opens its messages.
  StageHost(std::string kind, std::string name, Surroundings surroundings);
  ~StageHost();
  StageHost(const StageHost&) = delete;
  StageHost& operator=(const StageHost&) = delete;

  const std::string& kind() const { return kind_; }
  const std::string& name() const { return name_; }
  /// For one call, which `finish` ends: until then this thread is at work for the stage.
  const steppe_host* get() const;
  /// The stage that this thread is at work for; null outside of calls. A signal handler may ask.
  static const StageHost* at_work();
  const Surroundings& surroundings() const { return surroundings_; }
  compute::Queue& queue() const;

  /// Ends a call: gives scratch tensors back. @throws PluginError "<kind> '<name>': <sentence>",
  /// Cancelled.
  void finish(steppe_status status);

  /// The stage's random stream for a purpose: one key for all matrix points of a trial.
  steppe_random random(std::string_view purpose, std::uint64_t epoch) const;

  /// What the stage itself has moved between host and device so far.
  const compute::Traffic& traffic() const { return traffic_; }

  // For the operation table.
  void count(const compute::Traffic& more) { traffic_ += more; }
  void set_error(std::string sentence) { sentence_ = std::move(sentence); }
  steppe_tensor* scratch_like(const compute::Tensor& like);
  steppe_tensor* scratch(std::size_t rows, std::size_t columns);
  /// Lives as long as this host.
  steppe_tensor* keep_like(const compute::Tensor& like);
  void release(steppe_tensor* tensor);

 private:
  std::string kind_, name_;
  Surroundings surroundings_;
  void leave() const;

  std::string sentence_;
  mutable const StageHost* caller_ = nullptr;  ///< at work before: a trainer, of its attack
  mutable std::optional<compute::Profile::Span> span_;   ///< of this call, where there is a profile
  std::vector<std::unique_ptr<steppe_tensor>> scratch_;  ///< all there are
  std::vector<steppe_tensor*> free_;
  std::vector<std::unique_ptr<steppe_tensor>> kept_;
  compute::Traffic traffic_;
  steppe_host table_{};
};

/// The operation table every host shares (operations.cpp).
const steppe_operations& operations();

}  // namespace steppe::plugin
