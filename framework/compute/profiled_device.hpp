// A device whose operations are timed.
#pragma once

#include "framework/compute/profile.hpp"

#include <memory>

namespace steppe::compute {

/// `device`, whose queues now tell `profile` what they did when they end; `device` itself where
/// there is no profile. Results keep their bytes. A thread's clock runs from the call of an
/// operation until it is done, so that a device that runs late is waited for. `profile` outlives
/// all queues.
std::shared_ptr<Device> profiled(std::shared_ptr<Device> device, Profile* profile);

}  // namespace steppe::compute
