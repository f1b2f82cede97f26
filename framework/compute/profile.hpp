// Where time goes: to which stage of a pipeline, and to which operations of the device in it.
//
// It costs nothing where nobody asks for it: stages tell a profile only where there is one, and
// operations are timed by a queue around the device's own (profiled_device.hpp).
#pragma once

#include "framework/compute/device.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace steppe::compute {

/// One kind of operation; products are told apart by their shape.
struct Kernel {
  std::string_view operation;  ///< its name in `Queue`; it outlives the profile
  /// Of a product: c is rows x columns, and the sum runs over `inner`. 0 of anything else.
  std::size_t rows = 0, inner = 0, columns = 0;
  Transpose transpose = Transpose::none;

  auto operator<=>(const Kernel&) const = default;
  /// Of one call: a multiplication and an addition for each term of a product; else 0.
  std::uint64_t flops() const { return std::uint64_t{2} * rows * inner * columns; }
};

/// How often something was done, and how long it took by the clock on the wall.
struct Spent {
  std::uint64_t calls = 0;
  std::chrono::steady_clock::duration time{};

  void add(const Spent& other) {
    calls += other.calls;
    time += other.time;
  }
  double seconds() const { return std::chrono::duration<double>{time}.count(); }
};

/// Adds up what threads do. [any thread]
class Profile {
 public:
  /// Kind and name: "attack" and "pgd". The host's own work has a kind alone: "scoring".
  using StageName = std::pair<std::string, std::string>;
  using Stage = std::pair<const StageName, Spent>;
  /// What a queue did, and for whom; null: for no stage.
  using Operations = std::map<std::pair<const Stage*, Kernel>, Spent>;

  /// As long as it lives, this thread is at work for a stage. Spans lie in each other: the time of
  /// an inner one is not the outer one's.
  class Span {
   public:
    /// `profile` may be null: then nothing is timed.
    Span(Profile* profile, std::string_view kind, std::string_view name = {});
    /// Time that is nobody's, such as waiting for a turn.
    explicit Span(Profile* profile);
    ~Span();
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    friend class Profile;
    Span(Profile* profile, Stage* stage);

    Profile* profile_;
    Stage* stage_;
    Span* outer_ = nullptr;
    std::chrono::steady_clock::time_point since_{};
    std::chrono::steady_clock::duration spent_{};
  };

  /// The stage that this thread is at work for; null outside of spans.
  static const Stage* at_work();

  void add(const Operations& operations);

  struct StageTime {
    StageName stage;
    Spent spent;            ///< in all
    double in_kernels = 0;  ///< seconds of that
  };
  struct KernelTime {
    StageName stage;
    Kernel kernel;
    Spent spent;
  };
  /// The longest first.
  struct Sums {
    std::vector<StageTime> stages;
    std::vector<KernelTime> kernels;
  };
  /// Of spans that ended and queues that are gone.
  Sums sums() const;

 private:
  Stage* stage(std::string_view kind, std::string_view name);

  mutable std::mutex mutex_;
  std::map<StageName, Spent> stages_;  ///< never erased: pointers last
  Operations operations_;
};

}  // namespace steppe::compute
