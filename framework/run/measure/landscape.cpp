#include "framework/run/measure/landscape.hpp"

#include "framework/run/measure/pieces.hpp"

#include <exception>
#include <utility>

namespace steppe::run {

Pieces::Pieces(plugin::StageHost& host, const network::Network& network, const WeightPoint& at,
               const LandscapeOptions& options)
    : host_{host}, queue_{host.queue()}, network_{network}, at_{at}, options_{options} {
  make_landscape_table();
  make_objective_table();
}

void Pieces::make_landscape_table() {
  table_.size = sizeof table_;
  table_.self = this;
  table_.space = options_.space;
  table_.piecewise_linear =
      options_.mode == network::Mode::inference && network_.piecewise_linear();
  table_.next = [](void* self, const steppe_point** point, const steppe_objective** objective,
                   std::uint64_t* events) {
    auto& pieces = *static_cast<Pieces*>(self);
    return pieces.guarded([&] {
      const bool more = pieces.advance(*events);
      *point = more ? &pieces.point_ : nullptr;
      *objective = more ? &pieces.objective_ : nullptr;
    });
  };
  table_.last_layer = [](void* self, const steppe_tensor** inputs, const steppe_tensor** logits,
                         const steppe_tensor** event_weights) {
    auto& pieces = *static_cast<Pieces*>(self);
    return pieces.guarded([&] {
      const bool more = pieces.pass_next();
      *inputs = more ? &pieces.last_inputs_ : nullptr;
      *logits = more ? &pieces.logits_ : nullptr;
      *event_weights = more ? &pieces.event_weights_ : nullptr;
    });
  };
}

void Pieces::make_objective_table() {
  point_.size = sizeof point_;
  point_.values = &point_handle_;
  objective_.size = sizeof objective_;
  objective_.self = this;
  objective_.evaluate = [](void* self, const steppe_tensor* point, steppe_quantity quantity,
                           steppe_tensor* values, steppe_tensor* gradient) {
    auto& pieces = *static_cast<Pieces*>(self);
    return pieces.guarded([&] {
      pieces.evaluate(point->tensor, quantity, values ? &values->tensor : nullptr,
                      gradient ? &gradient->tensor : nullptr);
      if (gradient && pieces.point_.mask)
        pieces.queue_.multiply(pieces.mask_handle_.tensor, gradient->tensor);
    });
  };
  objective_.hessian = [](void* self, const steppe_tensor* point, const steppe_tensor* direction,
                          steppe_tensor* result) {
    auto& pieces = *static_cast<Pieces*>(self);
    return pieces.guarded([&] {
      pieces.host_.surroundings().stop_if_cancelled();
      pieces.hessian(point->tensor, direction->tensor, result->tensor);
      if (pieces.point_.mask) pieces.queue_.multiply(pieces.mask_handle_.tensor, result->tensor);
    });
  };
}

template <class Work>
steppe_status Pieces::guarded(Work&& work) noexcept {
  try {
    work();
    return STEPPE_OK;
  } catch (const plugin::Cancelled&) {
    return STEPPE_CANCELLED;
  } catch (const std::exception& error) {
    host_.set_error(error.what());
    return STEPPE_INTERNAL;
  }
}

void Pieces::forward(BatchLoss& loss, const WeightPoint& at, data::Batch& batch,
                     const compute::Tensor& inputs, steppe_quantity quantity) {
  host_.surroundings().stop_if_cancelled();
  loss.set_events(batch);
  loss.forward(at, inputs, options_.label_zero ? zeros_.head(inputs.rows) : batch.labels(),
               quantity, options_.mode);
}

void Pieces::show(const compute::Tensor& point, const compute::Tensor& mask) {
  point_handle_.point_at(point);
  mask_handle_.point_at(mask);
  point_.mask = mask ? &mask_handle_ : nullptr;
}

void Pieces::show_last_layer(const BatchLoss& loss, const data::Batch& batch) {
  last_inputs_.point_at(loss.last_inputs());
  logits_.point_at(loss.logits());
  event_weights_.point_at(batch.weights());
}

std::unique_ptr<Landscape> make_landscape(const LandscapeOptions& options,
                                          const network::Network& network, const WeightPoint& at,
                                          const data::Dataset& data,
                                          std::vector<std::uint32_t> rows,
                                          plugin::StageHost& host) {
  const auto make = options.space == STEPPE_WEIGHTS ? weight_landscape : event_landscape;
  return make(options, host, network, at, data, options.usable(std::move(rows)));
}

}  // namespace steppe::run
