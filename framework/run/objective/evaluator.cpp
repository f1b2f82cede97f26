#include "framework/run/objective/evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace steppe::run {

namespace {

void append(compute::Queue& queue, const compute::Tensor& matrix, std::vector<float>& to) {
  const compute::Mapped view{queue, matrix};
  for (std::size_t r = 0; r < view->rows; ++r)
    to.insert(to.end(), view->row(r), view->row(r) + view->columns);
}

}  // namespace

Evaluator::Evaluator(const network::Network& network, compute::Queue& queue,
                     const data::Dataset& data, plugin::Surroundings surroundings)
    : network_{network},
      loss_{network.loss()},
      queue_{queue},
      data_{data},
      passes_{network, queue, chunk_rows},
      batch_{data, queue, chunk_rows},
      losses_{queue.matrix(chunk_rows, 1)},
      surroundings_{std::move(surroundings)} {}

Outputs Evaluator::run(const WeightPoint& at, std::span<const std::uint32_t> rows,
                       const std::function<void(data::Batch&)>& change) {
  Outputs out;
  out.logits.reserve(rows.size() * loss_.outputs);
  out.losses.reserve(rows.size());
  for (std::size_t first = 0; first < rows.size(); first += chunk_rows) {
    surroundings_.stop_if_cancelled();
    batch_.load(rows.subspan(first, std::min(chunk_rows, rows.size() - first)));
    if (change) change(batch_);
    const auto logits = passes_.forward(at.weights, at.buffers, batch_.features(),
                                        network::Mode::inference, context_of(network_, batch_));
    const auto losses = losses_.head(batch_.rows());
    loss_.evaluate(queue_, logits, batch_.labels(), losses, {});
    append(queue_, logits, out.logits);
    append(queue_, losses, out.losses);
  }
  return out;
}

double Evaluator::mean_loss(const WeightPoint& at, std::span<const std::uint32_t> rows) {
  const auto outputs = run(at, rows);
  const auto weights = data_.weights();
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double weight = *weights.row(rows[i]);
    sum += weight * outputs.losses[i];
    total += std::abs(weight);
  }
  return sum / total;
}

}  // namespace steppe::run
