// A trained network as an ONNX model (onnx.ai, operator set 13): raw features in, logits and
// probabilities out, so that it runs wherever ONNX does. Only in programs built with ONNX.
#pragma once

#include "framework/run/weights/weights_file.hpp"

#include <string>

namespace steppe::run {

/// The bytes of the model, passed by ONNX's own checker. Input `features` (rows x features, raw
/// columns: the fitted preprocessing is inside), outputs `logit` and `score` (rows x outputs; the
/// score is the probability of signal or of each class, or the predicted value once more).
/// @throws DataError naming an operation that ONNX has no words for, or saying what to install.
std::string to_onnx(const SavedNetwork& saved);

}  // namespace steppe::run
