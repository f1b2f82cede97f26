// What landscapes of both spaces share: the C tables, and the guard around every call.
#pragma once

#include "framework/run/measure/kept_batches.hpp"
#include "framework/run/measure/landscape.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace steppe::run {

class Pieces : public Landscape {
 public:
  Pieces(plugin::StageHost& host, const network::Network& network, const WeightPoint& at,
         const LandscapeOptions& options);

 protected:
  /// Goes on to the next piece. @returns whether there is one.
  virtual bool advance(std::uint64_t& events) = 0;
  /// Takes the next batch of the piece through the network, and says it with `show_last_layer`.
  /// @returns whether there is one.
  virtual bool pass_next() = 0;
  virtual void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                        const compute::Tensor* values, const compute::Tensor* gradient) = 0;
  virtual void hessian(const compute::Tensor& point, const compute::Tensor& direction,
                       const compute::Tensor& result) = 0;

  /// Room for the labels of `rows` events that are all taken for 0.
  void make_labels(std::size_t rows) { zeros_ = queue_.matrix(rows, 1); }
  void forward(BatchLoss& loss, const WeightPoint& at, data::Batch& batch,
               const compute::Tensor& inputs, steppe_quantity quantity);
  void show(const compute::Tensor& point, const compute::Tensor& mask);
  void show_last_layer(const BatchLoss& loss, const data::Batch& batch);

  plugin::StageHost& host_;
  compute::Queue& queue_;
  const network::Network& network_;
  const WeightPoint& at_;
  LandscapeOptions options_;
  steppe_point point_{};
  steppe_objective objective_{};

 private:
  void make_landscape_table();
  void make_objective_table();

  template <class Work>
  steppe_status guarded(Work&& work) noexcept;

  compute::Tensor zeros_;
  steppe_tensor point_handle_, mask_handle_, last_inputs_, logits_, event_weights_;
};

/// The weights, with the weighted mean loss of all events or of one batch after the other.
std::unique_ptr<Landscape> weight_landscape(const LandscapeOptions& options,
                                            plugin::StageHost& host,
                                            const network::Network& network, const WeightPoint& at,
                                            const data::Dataset& data,
                                            std::vector<std::uint32_t> rows);
/// The events, a batch at a time, with a loss each.
std::unique_ptr<Landscape> event_landscape(const LandscapeOptions& options, plugin::StageHost& host,
                                           const network::Network& network, const WeightPoint& at,
                                           const data::Dataset& data,
                                           std::vector<std::uint32_t> rows);

}  // namespace steppe::run
