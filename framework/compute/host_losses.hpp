// Losses, and the weighted mean over a batch they end in, on a device that computes on the host's
// cores: checks, then hands the operation to its room, which decides when it runs and where tensors
// are.
//
// A Room has
//   run(work, tensors...)   calls work(views...) now or before `finish` returns; an empty tensor
//                           gives an empty view
//   keep(span)              something that converts to a span of the same values and may be stored
//   finish()                everything submitted has run
//   map(tensor), unmap(tensor)
//   Aside{room}             while it lives, what is run comes after the next `join` alone
//   sent(bytes), received(bytes), traffic()   what went between host and device
#pragma once

#include "framework/compute/checks.hpp"
#include "framework/compute/host_operations.hpp"

#include <memory>
#include <utility>

namespace steppe::compute {

template <class Room>
class HostLosses : public Queue {
 public:
  explicit HostLosses(std::shared_ptr<Device> device)
      : device_{std::move(device)}, room_{*device_} {}

  Device& device() override { return *device_; }

  void bce_with_logits(const Tensor& logits, const Tensor& labels, const Tensor& values,
                       const Tensor& gradient) override {
    require_shape("bce_with_logits", logits, logits.rows, 1);
    require_loss("bce_with_logits", logits, labels, values, gradient);
    run(host::bce_with_logits, logits, labels, values, gradient);
  }

  void bce_with_logits_tangent(const Tensor& logits, const Tensor& logits_tangent,
                               const Tensor& gradient_tangent) override {
    require_shape("bce_with_logits_tangent", logits, logits.rows, 1);
    require_same_shape("bce_with_logits_tangent", logits_tangent, logits);
    require_same_shape("bce_with_logits_tangent", gradient_tangent, logits);
    run(host::bce_with_logits_tangent, logits, logits_tangent, gradient_tangent);
  }

  void cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& values,
                     const Tensor& gradient) override {
    require_loss("cross_entropy", logits, labels, values, gradient);
    run(host::cross_entropy, logits, labels, values, gradient);
  }

  void cross_entropy_tangent(const Tensor& logits, const Tensor& logits_tangent,
                             const Tensor& gradient_tangent) override {
    require_same_shape("cross_entropy_tangent", logits_tangent, logits);
    require_same_shape("cross_entropy_tangent", gradient_tangent, logits);
    run(host::cross_entropy_tangent, logits, logits_tangent, gradient_tangent);
  }

  void logit_of_label(const Tensor& logits, const Tensor& labels, const Tensor& values,
                      const Tensor& gradient) override {
    require_loss("logit_of_label", logits, labels, values, gradient);
    run(host::logit_of_label, logits, labels, values, gradient);
  }

  void squared_error(const Tensor& outputs, const Tensor& targets, const Tensor& values,
                     const Tensor& gradient) override {
    require_shape("squared_error", outputs, outputs.rows, 1);
    require_loss("squared_error", outputs, targets, values, gradient);
    run(host::squared_error, outputs, targets, values, gradient);
  }

  void huber(const Tensor& outputs, const Tensor& targets, float delta, const Tensor& values,
             const Tensor& gradient) override {
    require_shape("huber", outputs, outputs.rows, 1);
    require_loss("huber", outputs, targets, values, gradient);
    run([delta](const View& z, const View& y, const View& to,
                const View& slope) { host::huber(z, y, delta, to, slope); },
        outputs, targets, values, gradient);
  }

  void huber_tangent(const Tensor& outputs, const Tensor& targets, float delta,
                     const Tensor& outputs_tangent, const Tensor& gradient_tangent) override {
    require_shape("huber_tangent", outputs, outputs.rows, 1);
    for (const Tensor* tensor : {&targets, &outputs_tangent, &gradient_tangent})
      require_same_shape("huber_tangent", *tensor, outputs);
    run([delta](const View& z, const View& y, const View& moved,
                const View& to) { host::huber_tangent(z, y, delta, moved, to); },
        outputs, targets, outputs_tangent, gradient_tangent);
  }

  void weighted_mean(const Tensor& x, const Tensor& weights, const Tensor& out) override {
    require_shape("weighted_mean", x, x.rows, 1);
    require_same_shape("weighted_mean", weights, x);
    require_shape("weighted_mean", out, 1, 1);
    run(host::weighted_mean, x, weights, out);
  }

  void normalise_weights(const Tensor& weights) override {
    require_shape("normalise_weights", weights, weights.rows, 1);
    run(host::normalise_weights, weights);
  }

 protected:
  template <class Work, class... Tensors>
  void run(Work work, const Tensors&... tensors) {
    const auto own = [this](const Tensor& tensor) {
      if (tensor) require_own(*device_, tensor);
    };
    (own(tensors), ...);
    room_.run(std::move(work), tensors...);
  }

  std::shared_ptr<Device> device_;
  Room room_;
};

}  // namespace steppe::compute
