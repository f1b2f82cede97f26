// The devices that tests run on: one given by the environment, or those that every machine has.
#pragma once

#include <cstdlib>
#include <vector>

/// $STEPPE_TESTED_DEVICE alone (tests/gpu), or `cpu` and `far`.
inline std::vector<const char*> tested_devices() {
  if (const char* given = std::getenv("STEPPE_TESTED_DEVICE")) return {given};
  return {"cpu", "far"};
}

/// Those of which the number of threads could make a difference of its own: `far` works as `cpu`.
inline std::vector<const char*> threaded_devices() { return {tested_devices().front()}; }
