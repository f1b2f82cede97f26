// Weights of the classes in the training loss.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/plugin/settings.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace steppe::run {

/// Weights of all events in the training loss, as the trainer's wiring has it (balance_classes,
/// class_weights): the data's, times a factor of the event's class; `rows` are what is trained on.
/// Empty where there is no such factor.
/// @throws RunError where the factors do not fit the classes, or a class cannot be balanced.
std::vector<float> training_weights(const data::Dataset& data, std::span<const std::uint32_t> rows,
                                    const plugin::Settings& wiring);

}  // namespace steppe::run
