// What a folder holds before a run writes into it: an earlier run, whose weights would be taken for
// those of the new one, or things of somebody else, which stay.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace steppe::cli {

class FormerRun {
 public:
  /// Reads the record in the folder of a run, where there is one.
  explicit FormerRun(std::filesystem::path folder);

  /// "replaces the results of 2026-01-31T12:00:00Z in 'runs/jets'", or that the folder holds other
  /// things; "" of a folder that is empty or not there.
  std::string note() const;
  /// Removes what was being written when a run was killed.
  void remove_unfinished() const;
  /// Removes the weight files that its record names and the new run did not write.
  void remove_weights_except(const std::vector<std::string>& written) const;

 private:
  std::filesystem::path folder_;
  std::string started_;  ///< empty where there is no record
  std::vector<std::string> weights_;
};

}  // namespace steppe::cli
