// The devices that run on the host's own cores.
#pragma once

#include "framework/compute/device.hpp"

#include <memory>

namespace steppe::compute {

/// Runs an operation when it is submitted.
std::shared_ptr<Device> open_cpu();

/// Behaves like hardware at the far end of a bus; for tests.
std::shared_ptr<Device> open_far();

}  // namespace steppe::compute
