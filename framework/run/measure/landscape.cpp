#include "framework/run/measure/landscape.hpp"

#include "framework/data/batches.hpp"

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
  /// `most`: events that go through the network at once.
  Pieces(plugin::StageHost& host, const network::Network& network, const WeightPoint& at,
         const data::Dataset& data, std::vector<std::uint32_t> rows,
         const LandscapeOptions& options, std::size_t most)
      : host_{host},
        queue_{host.queue()},
        at_{at},
        options_{options},
        rows_{options.usable(std::move(rows))},
        batch_rows_{std::min(most, rows_.size())},
        batch_{data, queue_, batch_rows_},
        loss_{network, queue_, batch_rows_},
        labels_{queue_.device().matrix(batch_rows_, 1)} {
    table_.size = sizeof table_;
    table_.self = this;
    table_.space = options_.space;
    table_.piecewise_linear =
        options_.mode == network::Mode::inference && network.piecewise_linear();
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
        if (more) {
          pieces.last_inputs_.point_at(pieces.loss_.last_inputs());
          pieces.logits_.point_at(pieces.loss_.logits());
          pieces.event_weights_.point_at(pieces.batch_.weights());
        }
        *inputs = more ? &pieces.last_inputs_ : nullptr;
        *logits = more ? &pieces.logits_ : nullptr;
        *event_weights = more ? &pieces.event_weights_ : nullptr;
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
  /// Takes the next batch of the piece through the network. @returns whether there is one.
  virtual bool pass_next() = 0;
  virtual void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                        const compute::Tensor* values, const compute::Tensor* gradient) = 0;
  virtual void hessian(const compute::Tensor& point, const compute::Tensor& direction,
                       const compute::Tensor& result) = 0;

  /// Loads the batch that starts at row `first`. @returns where it ends.
  std::size_t load(std::size_t first) {
    batch_.load(std::span{rows_}.subspan(first, std::min(batch_rows_, rows_.size() - first)));
    loss_.set_events(batch_);
    return first + batch_.rows();
  }
  void forward(const WeightPoint& at, const compute::Tensor& inputs, steppe_quantity quantity) {
    host_.surroundings().stop_if_cancelled();
    const auto zeros = labels_.head(inputs.rows);
    loss_.forward(at, inputs, options_.label_zero ? zeros : batch_.labels(), quantity,
                  options_.mode);
  }
  void show(const compute::Tensor& point, const compute::Tensor& mask) {
    point_handle_.point_at(point);
    mask_handle_.point_at(mask);
    point_.mask = mask ? &mask_handle_ : nullptr;
  }

  plugin::StageHost& host_;
  compute::Queue& queue_;
  const WeightPoint& at_;
  LandscapeOptions options_;
  std::vector<std::uint32_t> rows_;
  std::size_t batch_rows_;
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
    } catch (const plugin::Cancelled&) {
      return STEPPE_CANCELLED;
    } catch (const std::exception& error) {
      host_.set_error(error.what());
      return STEPPE_INTERNAL;
    }
  }

  compute::Tensor labels_;  ///< zeros
  steppe_tensor point_handle_, mask_handle_, last_inputs_, logits_, event_weights_;
};

/// The weights, with the weighted mean loss of all events or of one batch after the other.
class WeightLandscape final : public Pieces {
 public:
  WeightLandscape(const LandscapeOptions& options, plugin::StageHost& host,
                  const network::Network& network, const WeightPoint& at, const data::Dataset& data,
                  std::vector<std::uint32_t> rows)
      : Pieces{host, network, at, data, std::move(rows), options, at_once(options)},
        data_{data},
        copy_{queue_.device().flat(network.weights())},
        part_{queue_.device().flat(network.weights())},
        mean_{queue_.device().matrix(1, 1)},
        mask_{weight_mask(options_.rules, queue_, network.weights())} {
    queue_.copy(at.weights, copy_);
    point_.row_ids = &no_event;
  }

  const compute::Tensor& weights() const override { return copy_; }

 private:
  static constexpr std::uint64_t no_event = 0;

  /// Where nothing depends on the size of a batch, a large one is fastest.
  static std::size_t at_once(const LandscapeOptions& options) {
    return options.in_batches || options.mode != network::Mode::inference ? options.batch : 1024;
  }

  bool advance(std::uint64_t& events) override {
    if (end_ >= rows_.size()) return false;
    first_ = passed_ = end_;
    end_ = options_.in_batches ? std::min(first_ + batch_rows_, rows_.size()) : rows_.size();
    total_weight_ = 0;
    for (auto i = first_; i < end_; ++i) total_weight_ += std::abs(*data_.weights().row(rows_[i]));
    if (!options_.chain) queue_.copy(at_.weights, copy_);
    show(copy_, mask_);
    events = end_ - first_;
    return true;
  }

  bool pass_next() override {
    if (passed_ >= end_) return false;
    passed_ = load(passed_);
    forward({copy_, at_.buffers}, batch_.features(), STEPPE_LOSS);
    return true;
  }

  void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                const compute::Tensor* values, const compute::Tensor* gradient) override {
    if (values) queue_.fill(*values, 0.0F);
    if (gradient) queue_.fill(*gradient, 0.0F);
    for (auto next = first_; next < end_;) {
      next = load(next);
      forward({point, at_.buffers}, batch_.features(), quantity);
      const auto share = static_cast<float>(batch_weight() / total_weight_);
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
    for (auto next = first_; next < end_;) {
      next = load(next);
      forward({point, at_.buffers}, batch_.features(), STEPPE_LOSS);
      loss_.weight_hessian(batch_.weights(), direction, part_);
      queue_.axpy(static_cast<float>(batch_weight() / total_weight_), part_, result);
    }
  }

  double batch_weight() {
    double sum = 0;
    const compute::Mapped view{queue_, batch_.weights()};
    for (std::size_t r = 0; r < view->rows; ++r) sum += std::abs(*view->row(r));
    return sum;
  }

  const data::Dataset& data_;
  compute::Tensor copy_, part_, mean_, mask_;
  double total_weight_ = 0;
  std::size_t first_ = 0, end_ = 0;  ///< rows of the piece
  std::size_t passed_ = 0;           ///< rows that `pass_next` has shown
};

/// The events, a batch at a time, with a loss each.
class EventLandscape final : public Pieces {
 public:
  EventLandscape(const LandscapeOptions& options, plugin::StageHost& host,
                 const network::Network& network, const WeightPoint& at, const data::Dataset& data,
                 std::vector<std::uint32_t> rows)
      : Pieces{host, network, at, data, std::move(rows), options, options.batch},
        rules_{options_.rules, data} {
    const auto columns = data.features().columns;
    copy_ = queue_.device().matrix(batch_rows_, columns);
    if (!rules_.trivial()) mask_ = queue_.device().matrix(batch_rows_, columns);
  }

  const compute::Tensor& weights() const override { return at_.weights; }

 private:
  bool advance(std::uint64_t& events) override {
    if (next_ >= rows_.size()) return false;
    next_ = load(next_);
    const auto rows = batch_.rows();
    passed_ = false;
    const auto mask = mask_ ? mask_.head(rows) : compute::Tensor{};
    if (mask) rules_.write(queue_, batch_.row_indices(), mask);
    queue_.copy(batch_.features(), copy_.head(rows));
    point_.row_ids = batch_.event_ids().data();
    show(copy_.head(rows), mask);
    events = rows;
    return true;
  }

  bool pass_next() override {
    if (std::exchange(passed_, true)) return false;
    forward(at_, copy_.head(batch_.rows()), STEPPE_LOSS);
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
    if (options_.mode != network::Mode::inference)
      throw data::DataError{
          "with statistics of the batch an event's loss depends on the other events, and it has no "
          "Hessian of its own; set batch_norm = \"inference\""};
    forward(at_, point, STEPPE_LOSS);
    loss_.input_hessian(direction, result);
  }

  EventMask rules_;
  compute::Tensor copy_, mask_;
  std::size_t next_ = 0;
  bool passed_ = true;  ///< whether `pass_next` has shown the batch
};

}  // namespace

std::unique_ptr<Landscape> make_landscape(const LandscapeOptions& options,
                                          const network::Network& network, const WeightPoint& at,
                                          const data::Dataset& data,
                                          std::vector<std::uint32_t> rows,
                                          plugin::StageHost& host) {
  if (options.space == STEPPE_WEIGHTS)
    return std::make_unique<WeightLandscape>(options, host, network, at, data, std::move(rows));
  return std::make_unique<EventLandscape>(options, host, network, at, data, std::move(rows));
}

}  // namespace steppe::run
