#include "framework/run/landscape.hpp"

#include "framework/data/batches.hpp"
#include "framework/run/masks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <optional>
#include <utility>

namespace steppe::run {

namespace {

/// What both spaces share: the pieces, the C tables, the guard around every call.
class Pieces : public Landscape {
 public:
  Pieces(steppe_space space, plugin::StageHost& host, const network::Network& network,
         const WeightPoint& at, const data::Dataset& data, std::vector<std::uint32_t> rows,
         std::size_t batch, bool label_zero)
      : host_{host},
        queue_{host.queue()},
        at_{at},
        rows_{std::move(rows)},
        batch_rows_{std::min(batch, rows_.size())},
        label_zero_{label_zero},
        batch_{data, queue_, batch_rows_},
        loss_{network, queue_, batch_rows_},
        labels_{queue_.device().matrix(batch_rows_, 1)} {
    table_.size = sizeof table_;
    table_.self = this;
    table_.space = space;
    table_.next = [](void* self, const steppe_point** point, const steppe_objective** objective,
                     std::uint64_t* events) {
      auto& pieces = *static_cast<Pieces*>(self);
      return pieces.guarded([&] {
        const bool more = pieces.advance(*events);
        *point = more ? &pieces.point_ : nullptr;
        *objective = more ? &pieces.objective_ : nullptr;
      });
    };
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
        pieces.hessian(point->tensor, direction->tensor, result->tensor);
        if (pieces.point_.mask) pieces.queue_.multiply(pieces.mask_handle_.tensor, result->tensor);
      });
    };
  }

 protected:
  /// Goes on to the next piece. @returns whether there is one.
  virtual bool advance(std::uint64_t& events) = 0;
  virtual void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                        const compute::Tensor* values, const compute::Tensor* gradient) = 0;
  virtual void hessian(const compute::Tensor& point, const compute::Tensor& direction,
                       const compute::Tensor& result) = 0;

  /// Loads the batch that starts at row `first`. @returns its rows.
  std::size_t load(std::size_t first) {
    batch_.load(std::span{rows_}.subspan(first, std::min(batch_rows_, rows_.size() - first)));
    loss_.set_events(batch_);
    return batch_.rows();
  }
  void forward(const WeightPoint& at, const compute::Tensor& inputs, steppe_quantity quantity) {
    const auto zeros = labels_.head(inputs.rows);
    loss_.forward(at, inputs, label_zero_ ? zeros : batch_.labels(), quantity,
                  network::Mode::inference);
  }
  void show(const compute::Tensor& point, const compute::Tensor& mask) {
    point_handle_.point_at(point);
    mask_handle_.point_at(mask);
    point_.mask = mask ? &mask_handle_ : nullptr;
  }

  plugin::StageHost& host_;
  compute::Queue& queue_;
  const WeightPoint& at_;
  std::vector<std::uint32_t> rows_;
  std::size_t batch_rows_;
  bool label_zero_;
  data::Batch batch_;
  BatchLoss loss_;
  steppe_point point_{};
  steppe_objective objective_{};

 private:
  template <class Work>
  steppe_status guarded(Work&& work) noexcept {
    try {
      work();
      return STEPPE_OK;
    } catch (const std::exception& error) {
      host_.set_error(error.what());
      return STEPPE_INTERNAL;
    }
  }

  compute::Tensor labels_;  ///< zeros
  steppe_tensor point_handle_, mask_handle_;
};

/// The weights, once, with the weighted mean loss of all events.
class WeightLandscape final : public Pieces {
 public:
  WeightLandscape(const MoveRules& rules, plugin::StageHost& host, const network::Network& network,
                  const WeightPoint& at, const data::Dataset& data, std::vector<std::uint32_t> rows,
                  bool label_zero)
      : Pieces{STEPPE_WEIGHTS, host, network, at, data, std::move(rows), chunk, label_zero},
        copy_{queue_.device().flat(network.weights())},
        part_{queue_.device().flat(network.weights())},
        mean_{queue_.device().matrix(1, 1)},
        mask_{weight_mask(rules, queue_, network.weights())} {
    for (const auto row : rows_) total_weight_ += std::abs(*data.weights().row(row));
    queue_.copy(at.weights, copy_);
    point_.row_ids = &no_event;
  }

 private:
  static constexpr std::size_t chunk = 1024;
  static constexpr std::uint64_t no_event = 0;

  bool advance(std::uint64_t& events) override {
    show(copy_, mask_);
    events = rows_.size();
    return !std::exchange(shown_, true);
  }

  void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                const compute::Tensor* values, const compute::Tensor* gradient) override {
    if (values) queue_.fill(*values, 0.0F);
    if (gradient) queue_.fill(*gradient, 0.0F);
    for (std::size_t first = 0; first < rows_.size(); first += batch_rows_) {
      load(first);
      forward({point, at_.buffers}, batch_.features(), quantity);
      const auto share = static_cast<float>(chunk_weight() / total_weight_);
      if (values) {
        loss_.mean(batch_.weights(), mean_);
        queue_.axpy(share, mean_, *values);
      }
      if (gradient) {
        loss_.weight_gradient(batch_.weights(), part_);
        queue_.axpy(share, part_, *gradient);
      }
    }
  }

  void hessian(const compute::Tensor& point, const compute::Tensor& direction,
               const compute::Tensor& result) override {
    queue_.fill(result, 0.0F);
    for (std::size_t first = 0; first < rows_.size(); first += batch_rows_) {
      load(first);
      forward({point, at_.buffers}, batch_.features(), STEPPE_LOSS);
      loss_.weight_hessian(batch_.weights(), direction, part_);
      queue_.axpy(static_cast<float>(chunk_weight() / total_weight_), part_, result);
    }
  }

  double chunk_weight() {
    double sum = 0;
    const compute::Mapped view{queue_, batch_.weights()};
    for (std::size_t r = 0; r < view->rows; ++r) sum += std::abs(*view->row(r));
    return sum;
  }

  compute::Tensor copy_, part_, mean_, mask_;
  double total_weight_ = 0;
  bool shown_ = false;
};

/// The events, a batch at a time, with a loss each.
class EventLandscape final : public Pieces {
 public:
  EventLandscape(const MoveRules& rules, plugin::StageHost& host, const network::Network& network,
                 const WeightPoint& at, const data::Dataset& data, std::vector<std::uint32_t> rows,
                 std::size_t batch, bool label_zero)
      : Pieces{STEPPE_INPUTS, host, network, at, data, std::move(rows), batch, label_zero},
        rules_{rules, data} {
    const auto columns = data.features().columns;
    copy_ = queue_.device().matrix(batch_rows_, columns);
    if (!rules_.trivial()) mask_ = queue_.device().matrix(batch_rows_, columns);
  }

 private:
  bool advance(std::uint64_t& events) override {
    if (next_ >= rows_.size()) return false;
    const auto rows = load(next_);
    next_ += rows;
    const auto mask = mask_ ? mask_.head(rows) : compute::Tensor{};
    if (mask) rules_.write(queue_, batch_.row_indices(), mask);
    queue_.copy(batch_.features(), copy_.head(rows));
    point_.row_ids = batch_.event_ids().data();
    show(copy_.head(rows), mask);
    events = rows;
    return true;
  }

  void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                const compute::Tensor* values, const compute::Tensor* gradient) override {
    forward(at_, point, quantity);
    if (values) queue_.copy(loss_.values(), *values);
    if (gradient) loss_.input_gradient(*gradient);
  }

  void hessian(const compute::Tensor& point, const compute::Tensor& direction,
               const compute::Tensor& result) override {
    forward(at_, point, STEPPE_LOSS);
    loss_.input_hessian(direction, result);
  }

  EventMask rules_;
  compute::Tensor copy_, mask_;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Landscape> make_landscape(const plugin::Settings& wiring,
                                          const network::Network& network, const WeightPoint& at,
                                          const data::Dataset& data,
                                          std::vector<std::uint32_t> rows,
                                          plugin::StageHost& host) {
  const MoveRules rules{wiring};
  const bool label_zero = wiring.text("label") == "zero";
  if (wiring.text("space") == "weights")
    return std::make_unique<WeightLandscape>(rules, host, network, at, data, std::move(rows),
                                             label_zero);
  const auto batch = std::get<std::int64_t>(wiring.find("batch")->items.front());
  return std::make_unique<EventLandscape>(rules, host, network, at, data, std::move(rows),
                                          static_cast<std::size_t>(batch), label_zero);
}

}  // namespace steppe::run
