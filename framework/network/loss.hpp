// What the output of a network means, and how far it is from the target of an event: chosen once
// for a training, kept with the network that comes out of it.
#pragma once

#include "framework/compute/device.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace steppe::network {

using compute::Queue;
using compute::Tensor;

enum class LossKind { binary_cross_entropy, cross_entropy, squared_error, huber };

/// "cross_entropy", as pipeline files and records spell it.
std::string_view name(LossKind kind);

/// The kind of this name; nothing when there is none.
std::optional<LossKind> loss_kind(std::string_view name);
/// Whether it compares with a target of so many classes (0: a real value).
bool suits(LossKind kind, std::size_t classes);
/// The usual kind for a target of so many classes.
LossKind usual_loss(std::size_t classes);

/// The loss of target y at output z (docs/losses.md has the formulas). One value a row, never
/// reduced over a batch.
struct Loss {
  LossKind kind = LossKind::binary_cross_entropy;
  std::size_t outputs = 1;  ///< columns of the output: 1, or one logit a class
  std::size_t classes = 2;  ///< of the target; 0: it is a real value
  float delta = 1.0F;       ///< of `huber`: where the parabola ends, in the unit of the target

  /// `values` (rows x 1) <- the losses; `gradient` (rows x outputs) <- how each moves with its
  /// row's outputs. Either may be empty. `z`: rows x outputs, `targets`: rows x 1.
  void evaluate(Queue& queue, const Tensor& z, const Tensor& targets, const Tensor& values,
                const Tensor& gradient) const;
  /// How that gradient moves where the outputs move by `z_tangent`, exactly: `gradient_tangent`
  /// <- (second derivatives of the loss) z'. All rows x outputs; `gradient_tangent` is none of the
  /// others.
  void tangent(Queue& queue, const Tensor& z, const Tensor& targets, const Tensor& z_tangent,
               const Tensor& gradient_tangent) const;
  /// `values` (rows x 1) <- the output, of several that of the event's own class; `gradient` as in
  /// `evaluate`.
  void own_output(Queue& queue, const Tensor& z, const Tensor& targets, const Tensor& values,
                  const Tensor& gradient) const;
};

}  // namespace steppe::network
