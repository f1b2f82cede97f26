// The landscape over the events of a batch, each with a loss of its own.
#include "framework/run/measure/pieces.hpp"

#include <utility>

namespace steppe::run {

namespace {

class EventLandscape final : public Pieces {
 public:
  EventLandscape(const LandscapeOptions& options, plugin::StageHost& host,
                 const network::Network& network, const WeightPoint& at, const data::Dataset& data,
                 std::vector<std::uint32_t> rows)
      : Pieces{host, network, at, options},
        batch_rows_{std::min(options.batch, rows.size())},
        batches_{data, queue_, std::move(rows), batch_rows_, 0},
        loss_{network, queue_, batch_rows_},
        rules_{options_.rules, data},
        standing_{queue_} {
    make_labels(batch_rows_);
    const auto columns = data.features().columns;
    copy_ = queue_.matrix(batch_rows_, columns);
    if (!rules_.trivial()) mask_ = queue_.matrix(batch_rows_, columns);
  }

  const compute::Tensor& weights() const override { return at_.weights; }

 private:
  bool advance(std::uint64_t& events) override {
    if (next_ >= batches_.count()) return false;
    batch_ = &batches_[next_++];
    const auto rows = batch_->rows();
    passed_ = false;
    standing_.leave();
    const auto mask = mask_ ? mask_.head(rows) : compute::Tensor{};
    if (mask) rules_.write(queue_, batch_->row_indices(), mask);
    queue_.copy(batch_->features(), copy_.head(rows));
    point_.row_ids = batch_->event_ids().data();
    show(copy_.head(rows), mask);
    events = rows;
    return true;
  }

  bool pass_next() override {
    if (std::exchange(passed_, true)) return false;
    pass(copy_.head(batch_->rows()), STEPPE_LOSS);
    show_last_layer(loss_, *batch_);
    return true;
  }

  /// To a point where no Hessian is asked for.
  void pass(const compute::Tensor& point, steppe_quantity quantity) {
    standing_.leave();
    forward(loss_, at_, *batch_, point, quantity);
  }

  void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                const compute::Tensor* values, const compute::Tensor* gradient) override {
    pass(point, quantity);
    if (values) queue_.copy(loss_.values(), *values);
    if (gradient) loss_.input_gradient(*gradient);
  }

  void hessian(const compute::Tensor& point, const compute::Tensor& direction,
               const compute::Tensor& result) override {
    if (options_.mode != network::Mode::inference)
      throw data::DataError{
          "with statistics of the batch an event's loss depends on the other events, and it has no "
          "Hessian of its own; set batch_norm = \"inference\""};
    if (!standing_.at(point)) {
      standing_.come_to(point);
      forward(loss_, at_, *batch_, standing_.place(), STEPPE_LOSS);
    }
    loss_.input_hessian(direction, result);
  }

  std::size_t batch_rows_;
  KeptBatches batches_;
  BatchLoss loss_;
  EventMask rules_;
  Standing standing_;
  compute::Tensor copy_, mask_;
  data::Batch* batch_ = nullptr;  ///< of the piece
  std::size_t next_ = 0;
  bool passed_ = true;  ///< whether `pass_next` has shown the batch
};

}  // namespace

std::unique_ptr<Landscape> event_landscape(const LandscapeOptions& options, plugin::StageHost& host,
                                           const network::Network& network, const WeightPoint& at,
                                           const data::Dataset& data,
                                           std::vector<std::uint32_t> rows) {
  return std::make_unique<EventLandscape>(options, host, network, at, data, std::move(rows));
}

}  // namespace steppe::run
