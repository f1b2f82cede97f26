// Failures of the store.
#pragma once

#include <stdexcept>

namespace steppe::store {

/// The store cannot be used, read or written. The message is a finished sentence.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An object is there and is not what was written.
class Damaged : public StoreError {
 public:
  using StoreError::StoreError;
};

}  // namespace steppe::store
