#include "framework/run/traffic.hpp"

#include <fmt/format.h>

namespace steppe::run {

std::vector<std::string> TrainingTraffic::sentences() const {
  std::vector<std::string> out;
  for (const auto& one : stages)
    out.push_back(fmt::format("{} maps tensors on the host: {:.0f} bytes a step, in {} of {} steps",
                              one.stage, a_step(one.traffic.down), one.steps, steps));
  return out;
}

}  // namespace steppe::run
