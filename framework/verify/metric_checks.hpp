// What a metric is held to on small sets of scores: a finite number, or the reason why not.
#pragma once

#include "framework/plugin/catalogue.hpp"
#include "framework/plugin/instance.hpp"

#include <string>

namespace steppe::verify {

/// On sets of two classes, of three, and of real targets: weighted, some of the weights negative,
/// all logits equal, one class missing, attacked. A metric may refuse a set with a sentence, but
/// not all of them. @returns what is wrong, or "".
std::string fault_of_numbers(const plugin::Instance& metric);

}  // namespace steppe::verify
