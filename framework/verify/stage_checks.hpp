// What every stage owes its users: texts, and defaults that work.
#pragma once

#include "framework/plugin/catalogue.hpp"

#include <string>

namespace steppe::verify {

/// Each gives what is wrong, or "".
std::string fault_of_texts(const plugin::StageInfo& stage);
/// Defaults that the stage's own schema would refuse.
std::string fault_of_defaults(const plugin::StageInfo& stage);
/// Makes an instance from the defaults. @pre no setting is required. @throws PluginError.
void make_from_defaults(const plugin::StageInfo& stage);

}  // namespace steppe::verify
