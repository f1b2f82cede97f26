// Failures of a run that no lower floor has a word for.
#pragma once

#include <stdexcept>

namespace steppe::run {

/// The message is a finished sentence.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace steppe::run
