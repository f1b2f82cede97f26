// The landscape over the weights. Events are gathered once and stay while the weights move; where
// Hessians are asked for, so do the passes of each batch until the weights move.
#include "framework/run/measure/pieces.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace steppe::run {

namespace {

/// What the passes of a batch remember for products with Hessians: of each node of the graph its
/// value, its gradient, and how both move.
std::size_t floats_of_passes(const network::Network& network, std::size_t rows) {
  std::size_t columns = 0;
  for (const auto& node : network.graph().nodes()) columns += 4 * node.columns;
  return rows * columns;
}

class WeightLandscape final : public Pieces {
 public:
  WeightLandscape(const LandscapeOptions& options, plugin::StageHost& host,
                  const network::Network& network, const WeightPoint& at, const data::Dataset& data,
                  std::vector<std::uint32_t> rows)
      : Pieces{host, network, at, options},
        batch_rows_{std::min(at_once(options), rows.size())},
        // A piece of one batch is left for good.
        batches_{data, queue_, std::move(rows), batch_rows_,
                 options.in_batches ? 0 : most_kept_floats},
        loss_{network, queue_, batch_rows_},
        movable_{movable_segments(options.rules, *network.weights())},
        copy_{queue_.flat(network.weights())},
        part_{queue_.flat(network.weights())},
        mean_{queue_.matrix(1, 1)},
        mask_{weight_mask(options.rules, queue_, network.weights())},
        standing_{queue_},
        curved_places_{places_for(batches_.places(), floats_of_passes(network, batch_rows_))},
        curved_(curved_places_.size()) {
    make_labels(batch_rows_);
    loss_.restrict_weights(movable_);
    for (std::size_t b = 0; b < batches_.count(); ++b) {
      double sum = 0;
      for (const auto row : batches_.rows(b)) sum += std::abs(*data.weights().row(row));
      batch_weights_.push_back(sum);
    }
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
    if (end_ >= batches_.count()) return false;
    first_ = passed_ = end_;
    end_ = options_.in_batches ? first_ + 1 : batches_.count();
    total_weight_ = 0;
    for (auto b = first_; b < end_; ++b) total_weight_ += batch_weights_[b];
    if (!options_.chain) queue_.copy(at_.weights, copy_);
    show(copy_, mask_);
    events = batches_.rows(first_, end_).size();
    return true;
  }

  bool pass_next() override {
    if (passed_ >= end_) return false;
    auto& batch = batches_[passed_++];
    forward(loss_, {copy_, at_.buffers}, batch, batch.features(), STEPPE_LOSS);
    show_last_layer(loss_, batch);
    return true;
  }

  /// Of batch `b` in the mean over the piece.
  float share(std::size_t b) const { return static_cast<float>(batch_weights_[b] / total_weight_); }

  void evaluate(const compute::Tensor& point, steppe_quantity quantity,
                const compute::Tensor* values, const compute::Tensor* gradient) override {
    if (values) queue_.fill(*values, 0.0F);
    if (gradient) queue_.fill(*gradient, 0.0F);
    for (auto b = first_; b < end_; ++b) {
      auto& batch = batches_[b];
      forward(loss_, {point, at_.buffers}, batch, batch.features(), quantity);
      if (values) {
        loss_.mean(batch.weights(), mean_);
        queue_.axpy(share(b), mean_, *values);
      }
      if (gradient) {
        loss_.weight_gradient(batch.weights(), part_);
        queue_.axpy(share(b), part_, *gradient);
      }
    }
  }

  void hessian(const compute::Tensor& point, const compute::Tensor& direction,
               const compute::Tensor& result) override {
    if (!standing_.at(point)) {
      standing_.come_to(point);
      curved_places_.clear();
    }
    queue_.fill(result, 0.0F);
    for (auto b = first_; b < end_; ++b) {
      auto& batch = batches_[b];
      passed(b, batch).weight_hessian(batch.weights(), direction, part_);
      queue_.axpy(share(b), part_, result);
    }
  }

  /// The passes of a batch at the point where Hessians are asked for.
  BatchLoss& passed(std::size_t b, data::Batch& batch) {
    auto& loss = curved_[curved_places_.of(b)];
    if (!loss) {
      loss = std::make_unique<BatchLoss>(network_, queue_, batch_rows_);
      loss->restrict_weights(movable_);
    }
    if (!curved_places_.take(b))
      forward(*loss, {standing_.place(), at_.buffers}, batch, batch.features(), STEPPE_LOSS);
    return *loss;
  }

  std::size_t batch_rows_;
  KeptBatches batches_;
  BatchLoss loss_;
  std::vector<bool> movable_;  ///< one a tensor of the weights
  compute::Tensor copy_, part_, mean_, mask_;
  Standing standing_;
  Places curved_places_;
  std::vector<std::unique_ptr<BatchLoss>> curved_;  ///< one a place, made when it is needed
  std::vector<double> batch_weights_;
  double total_weight_ = 0;
  std::size_t first_ = 0, end_ = 0;  ///< batches of the piece
  std::size_t passed_ = 0;           ///< batches that `pass_next` has shown
};

}  // namespace

std::unique_ptr<Landscape> weight_landscape(const LandscapeOptions& options,
                                            plugin::StageHost& host,
                                            const network::Network& network, const WeightPoint& at,
                                            const data::Dataset& data,
                                            std::vector<std::uint32_t> rows) {
  return std::make_unique<WeightLandscape>(options, host, network, at, data, std::move(rows));
}

}  // namespace steppe::run
