// The devices there are.
#pragma once

#include "framework/compute/device.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace steppe::compute {

/// Runs an operation when it is submitted.
std::shared_ptr<Device> open_cpu();

/// Behaves like hardware at the far end of a bus; for tests.
std::shared_ptr<Device> open_far();

/// Whether a name stands for a GPU, there or not: "gpu", "gpu:1".
bool is_gpu(std::string_view name);

/// Intel GPU number `index`. @throws DeviceError telling what is missing, and how to get it
std::shared_ptr<Device> open_gpu(std::size_t index);

/// Why GPU number `index` cannot be opened, or "". Asks the drivers, starts nothing.
std::string gpu_trouble(std::size_t index);

/// Model and driver of GPU number `index`, "gpu" when there is none. Starts nothing.
std::string gpu_model(std::size_t index);

}  // namespace steppe::compute
