// What `--profile` is about: where the time of a run went, as a table for people and as JSON.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/compute/profile.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/run/observer.hpp"

#include <cstddef>
#include <mutex>
#include <set>
#include <string>

namespace steppe::cli {

/// Watches a run: gives it a profile to fill in, and counts the nodes that did not run.
class Profiling final : public run::Observer {
 public:
  /// `wanted`: whether there is a profile at all.
  explicit Profiling(bool wanted);

  bool wanted() const { return wanted_; }
  /// For the run; null where none is wanted.
  compute::Profile* profile() { return wanted_ ? &profile_ : nullptr; }
  void found(const std::string& node) override;

  /// After the run. `seconds`: how long it took, on how many threads (0: all cores).
  void finish(const pipeline::Plan& plan, double seconds, int threads);

  // After `finish`.
  Json json() const;
  /// Rows of less than half a percent of the time are one row together.
  std::string text(std::size_t width) const;

 private:
  /// Nodes of one kind that were found in the store, of how many there are.
  struct Found {
    std::string kind;
    std::size_t found = 0, of = 0;
  };

  std::string kernels_text(std::size_t width) const;
  std::string stages_text(std::size_t width) const;
  double share_of_peak(const compute::Profile::KernelTime& kernel) const;

  bool wanted_;
  compute::Profile profile_;
  std::mutex mutex_;
  std::set<std::string> found_nodes_;

  compute::Profile::Sums sums_;
  double in_stages_ = 0;  ///< seconds of all stages
  std::vector<Found> found_;
  double peak_gflops_ = 0, seconds_ = 0;
  int threads_ = 0;
};

}  // namespace steppe::cli
