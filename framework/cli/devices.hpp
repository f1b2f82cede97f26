// Whether a device does what it says: a product small enough to be known exactly.
#pragma once

#include "framework/cli/json.hpp"

#include <string>
#include <vector>

namespace steppe::cli {

struct DeviceCheck {
  std::string name;
  bool there = true;  ///< this machine and this program have one
  bool for_tests = false;
  std::string description;              ///< what shapes its numbers
  std::vector<std::string> precisions;  ///< those whose check came out right
  std::vector<std::string> idle;        ///< precisions that it does in f32
  std::string trouble;                  ///< why it is of no use; "" when it works

  bool works() const { return there && trouble.empty(); }
};

/// cpu, far and gpu, each opened and tried.
std::vector<DeviceCheck> check_devices();

/// One device by name, opened and tried.
DeviceCheck check_device(const std::string& name);

Json devices_json(const std::vector<DeviceCheck>& devices);
/// A line a device.
std::string devices_text(const std::vector<DeviceCheck>& devices);

}  // namespace steppe::cli
