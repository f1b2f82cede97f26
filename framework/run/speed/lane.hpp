// One training on a thread of its own, let go for some steps at a time.
#pragma once

#include "framework/run/train/pace.hpp"

#include <cstdint>
#include <ctime>
#include <exception>
#include <functional>
#include <semaphore>
#include <thread>

namespace steppe::run {

/// What a training did between two stops. Shuffles, validation and whatever else lies between two
/// epochs is not in it.
struct Stretch {
  std::uint64_t steps = 0, events = 0;
  network::Work work;
  double seconds = 0;
  double core_seconds = 0;  ///< of that, how long the program had a core, summed over its threads
  double peak_gflops = 0;   ///< of one core, before and after
};

class Lane final : public Pace {
 public:
  /// `train` runs a training at this pace until Cancelled is thrown; when it ends before, it is
  /// called again. It makes ready and waits before its first step when this returns.
  /// @throws what it throws, and RunError when it makes no steps.
  explicit Lane(std::function<void(Pace&)> train);
  ~Lane() override;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Lets it make `steps` steps, and waits. @throws as the constructor.
  Stretch go(std::uint64_t steps);

  void next(compute::Queue& queue, const network::Work& so_far, std::size_t events) override;

 private:
  void train_on();
  void wait_for_turn();
  void start_clock(const network::Work& so_far);
  void stop_clock(const network::Work& so_far);
  void rethrow();

  std::function<void(Pace&)> train_;
  // Written by one side while the other one waits.
  Stretch stretch_;
  std::uint64_t left_ = 0;
  bool ends_ = false;
  std::exception_ptr failure_;

  bool runs_ = false;  ///< the clock
  std::timespec began_{}, core_began_{};
  network::Work work_before_;
  std::uint64_t steps_ever_ = 0;

  std::binary_semaphore turn_{0}, stopped_{0};
  std::thread thread_;
};

}  // namespace steppe::run
