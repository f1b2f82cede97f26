// Whether there are bfloat16 products to test (oneDNN has them on some processors alone), and the
// variable that lets them through where they are slow.
#pragma once

#include "framework/compute/device.hpp"

#include <cstdlib>
#include <optional>
#include <string>

namespace steppe::support {

/// Why tests of them are left out; "": they are there.
inline std::string without_bf16() {
  const auto device = compute::open_device("cpu");
  const auto queue = device->queue();
  const auto one = device->matrix(1, 1);
  try {
    queue->matmul(one, one, device->matrix(1, 1), compute::Transpose::none,
                  {.precision = compute::Precision::bf16});
    return "";
  } catch (const compute::DeviceError& error) {
    return error.what();
  }
}

/// `compute::bf16_variable` while this lives: null is unset.
class Bf16Variable {
 public:
  explicit Bf16Variable(const char* value) {
    if (const char* before = std::getenv(compute::bf16_variable)) before_ = before;
    set(value);
  }
  ~Bf16Variable() { set(before_ ? before_->c_str() : nullptr); }
  Bf16Variable(const Bf16Variable&) = delete;
  Bf16Variable& operator=(const Bf16Variable&) = delete;

 private:
  static void set(const char* value) {
    value ? ::setenv(compute::bf16_variable, value, 1) : ::unsetenv(compute::bf16_variable);
  }

  std::optional<std::string> before_;
};

}  // namespace steppe::support
