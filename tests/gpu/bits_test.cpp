// What a GPU computes beside what the processor computes. Kernels do the host's arithmetic step by
// step, so most results have the same bits: with double precision all but products and the sums
// over whole buffers, whose order differs.
#include <algorithm>
#include <bit>
#include <functional>
#include <string_view>

#include "device_fixture.hpp"
#include "layers.hpp"

namespace steppe::compute {
namespace {

using Values = std::vector<float>;

/// A device, operands with the same numbers on each, and what came out.
class Bench {
 public:
  explicit Bench(const char* name) : device_{open_device(name)}, queue_{device_->queue()} {}

  Tensor random(std::size_t rows, std::size_t columns, std::uint64_t key, float sigma = 1.0F) {
    const Tensor tensor = device_->matrix(rows, columns);
    queue_->normal({key, 3}, ids(rows), sigma, tensor);
    return tensor;
  }
  /// 0, 1, 2, 0, ...
  Tensor labels(std::size_t rows, std::size_t classes) {
    const Tensor tensor = device_->matrix(rows, 1);
    const Mapped view{*queue_, tensor};
    for (std::size_t r = 0; r < rows; ++r) view->data[r] = static_cast<float>(r % classes);
    return tensor;
  }
  Tensor empty(std::size_t rows, std::size_t columns) { return device_->matrix(rows, columns); }
  Queue& queue() { return *queue_; }

  Values values(std::initializer_list<Tensor> tensors) {
    Values all;
    for (const Tensor& tensor : tensors) {
      const Mapped view{*queue_, tensor};
      for (std::size_t r = 0; r < tensor.rows; ++r)
        all.insert(all.end(), view->row(r), view->row(r) + tensor.columns);
    }
    return all;
  }

 private:
  std::shared_ptr<Device> device_;
  std::unique_ptr<Queue> queue_;
};

using Work = std::function<Values(Bench& bench, std::size_t rows, std::size_t columns)>;

bool has_doubles() {
  return open_device("gpu")->description().find("sums in double") != std::string::npos;
}

void expect_same_bits(std::string_view what, const Work& work) {
  Bench cpu{"cpu"}, gpu{"gpu"};
  for (const auto& [rows, columns] : shapes) {
    const Values wanted = work(cpu, rows, columns), got = work(gpu, rows, columns);
    const auto first = std::ranges::mismatch(got, wanted, [](float x, float y) {
      return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
    });
    if (first.in1 == got.end()) continue;
    ADD_FAILURE() << what << " of " << rows << " x " << columns << ": value "
                  << first.in1 - got.begin() << " is " << *first.in1 << ", not " << *first.in2;
  }
}

/// At most 1e-5 of the largest value away.
void expect_close(std::string_view what, const Work& work) {
  Bench cpu{"cpu"}, gpu{"gpu"};
  for (const auto& [rows, columns] : shapes) {
    const Values wanted = work(cpu, rows, columns), got = work(gpu, rows, columns);
    float largest = 0;
    for (const float value : wanted) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < wanted.size(); ++i)
      ASSERT_NEAR(got[i], wanted[i], 1e-5F * largest)
          << what << " of " << rows << " x " << columns << " at " << i;
  }
}

TEST(BitsOfTheGpu, AreThoseOfTheHostForEachValueAlone) {
  expect_same_bits("element-wise operations", [](Bench& on, std::size_t rows, std::size_t columns) {
    const Tensor x = on.random(rows, columns, 1), y = on.random(rows, columns, 2),
                 v = on.random(rows, columns, 3), w = on.random(rows, columns, 4),
                 row = on.random(1, columns, 5), other = on.random(1, columns, 6);
    Queue& queue = on.queue();
    queue.multiply(v, v);
    queue.adaptive_step(0.01F, x, 1.25F, v, 1e-8F, w);
    queue.axpby(0.3F, x, -1.7F, y);
    queue.axpby_square(0.001F, x, 0.999F, v);
    queue.axpy(0.1F, w, y);
    queue.clamp_around(x, 0.5F, w);
    queue.standardise(x, row, other, x);
    queue.add_row(row, y);
    return on.values({x, y, v, w});
  });
  expect_same_bits("sweeps", [](Bench& on, std::size_t rows, std::size_t columns) {
    const Tensor g = on.random(rows, columns, 1), m = on.random(rows, columns, 2),
                 v = on.random(rows, columns, 3), w = on.random(rows, columns, 4),
                 y = on.random(rows, columns, 5), free = on.random(rows, columns, 6),
                 row = on.random(1, columns, 7), product = on.empty(rows, columns);
    Queue& queue = on.queue();
    queue.multiply(v, v);
    queue.times(g, row, product);
    queue.adam_step({0.999F, 0.1F, 0.9F, 0.001F, 0.999F, 0.01F, 1.25F, 1e-8F}, g, m, v, w);
    queue.signed_step(0.2F, g, w, 0.5F, y);
    queue.signed_step(0.2F, g, {}, 0.0F, free);
    return on.values({product, m, v, w, y, free});
  });
}

TEST(BitsOfTheGpu, AreThoseOfTheHostForRandomNumbers) {
  expect_same_bits("uniform", [](Bench& on, std::size_t rows, std::size_t columns) {
    const Tensor x = on.random(rows, columns, 7, 2.0F), y = on.empty(rows, columns);
    on.queue().uniform({8, 9}, ids(rows), -0.3F, 0.7F, y);
    return on.values({x, y});
  });
}

TEST(BitsOfTheGpu, AreThoseOfTheHostForActivationsAndLosses) {
  for (const auto& [name, kind] : reference::activations)
    expect_same_bits(name, [kind = kind](Bench& on, std::size_t rows, std::size_t columns) {
      const Tensor x = on.random(rows, columns, 1, 5.0F), dy = on.random(rows, columns, 2),
                   moved = on.random(rows, columns, 3), along = on.random(rows, columns, 4),
                   y = on.empty(rows, columns);
      on.queue().activate(kind, 0.125F, x, y);
      on.queue().activate_second(kind, 0.125F, x, along, dy, moved, moved);
      on.queue().activate_backward(kind, 0.125F, x, dy, dy);
      const Tensor after = on.empty(rows, columns), slope = on.empty(rows, columns);
      on.queue().activate_keeping(kind, 0.125F, on.random(1, columns, 5), x, after, slope);
      return on.values({y, moved, dy, x, after, slope});
    });
  expect_same_bits("losses of one column", [](Bench& on, std::size_t rows, std::size_t) {
    const Tensor z = on.random(rows, 1, 1, 6.0F), y = on.labels(rows, 2), bce = on.empty(rows, 1),
                 slope = on.empty(rows, 1), huber = on.empty(rows, 1), bent = on.empty(rows, 1);
    on.queue().bce_with_logits(z, y, bce, slope);
    on.queue().huber(z, y, 0.75F, huber, bent);
    return on.values({bce, slope, huber, bent});
  });
}

Values sums(Bench& on, std::size_t rows, std::size_t columns) {
  const Tensor x = on.random(rows, columns, 1), norms = on.empty(rows, 1),
               row = on.empty(1, columns), z = on.random(rows, columns, 2, 4.0F),
               y = on.labels(rows, columns), values = on.empty(rows, 1),
               gradient = on.empty(rows, columns);
  on.queue().row_norms(x, norms);
  on.queue().column_sums(x, row);
  on.queue().cross_entropy(z, y, values, gradient);
  on.queue().cross_entropy_tangent(z, x, x);
  return on.values({norms, row, values, gradient, x});
}

/// Forward and backward, and how both move.
template <class Norm, class Run>
Values passes(Bench& on, std::size_t rows, std::size_t columns, const Norm& norm, const Run& run) {
  const Tensor x = on.random(rows, columns, 1), y = on.empty(rows, columns),
               dy = on.random(rows, columns, 2), dx = on.empty(rows, columns),
               moved = on.empty(rows, columns);
  const Queue::NormTangent direction{on.random(rows, columns, 3), on.random(1, columns, 4),
                                     on.random(1, columns, 5)};
  const Queue::NormGradients gradients{dy, on.random(rows, columns, 6), dx, on.empty(1, columns),
                                       on.empty(1, columns)};
  const Tensor dgamma = on.empty(1, columns), dbeta = on.empty(1, columns);
  run(norm, direction, x, y, moved, gradients, dgamma, dbeta);
  return on.values(
      {y, moved, dx, dgamma, dbeta, gradients.dgamma_tangent, gradients.dbeta_tangent});
}

Values batch_norms(Bench& on, std::size_t rows, std::size_t columns) {
  const Queue::BatchNorm norm{on.random(1, columns, 11), on.random(1, columns, 12),
                              on.random(1, columns, 13), on.empty(1, columns),
                              on.empty(1, columns),      on.empty(1, columns)};
  on.queue().fill(norm.running_variance, 1.5F);
  Queue& queue = on.queue();
  return passes(
      on, rows, columns, norm,
      [&](const auto& n, const auto& along, const Tensor& x, const Tensor& y, const Tensor& moved,
          const auto& gradients, const Tensor& dgamma, const Tensor& dbeta) {
        queue.batch_norm_train(n, true, x, y);
        queue.batch_norm_tangent(n, along, true, x, moved);
        queue.batch_norm_backward_tangent(n, along, true, x, gradients);
        queue.batch_norm_backward(n, true, x, gradients.dy, gradients.dy, dgamma, dbeta);
      });
}

Values layer_norms(Bench& on, std::size_t rows, std::size_t columns) {
  const Queue::LayerNorm norm{on.random(1, columns, 11), on.random(1, columns, 12)};
  Queue& queue = on.queue();
  return passes(
      on, rows, columns, norm,
      [&](const auto& n, const auto& along, const Tensor& x, const Tensor& y, const Tensor& moved,
          const auto& gradients, const Tensor& dgamma, const Tensor& dbeta) {
        queue.layer_norm(n, x, y);
        queue.layer_norm_tangent(n, along, x, moved);
        queue.layer_norm_backward_tangent(n, along, x, gradients);
        queue.layer_norm_backward(n, x, gradients.dy, gradients.dy, dgamma, dbeta);
      });
}

Values moments(Bench& on, std::size_t rows, std::size_t columns) {
  const Queue::RunningMoments all{on.empty(1, columns), on.empty(1, columns), on.empty(1, columns),
                                  on.empty(1, 1)};
  for (const std::uint64_t key : {1U, 2U, 3U})
    on.queue().follow_moments(all, 2 * rows, on.random(rows, columns, key));
  return on.values({all.mean, all.variance, all.factor, all.rows_seen});
}

TEST(BitsOfTheGpu, AreThoseOfTheHostForSumsWhereItHasDoubles) {
  if (!has_doubles()) GTEST_SKIP() << "the device has no double precision";
  expect_same_bits("sums", sums);
  expect_same_bits("batch normalisation", batch_norms);
  expect_same_bits("layer normalisation", layer_norms);
  expect_same_bits("moments", moments);
}

TEST(BitsOfTheGpu, AreCloseToThoseOfTheHostForSumsInPairsOfFloats) {
  if (has_doubles()) GTEST_SKIP() << "the device has double precision";
  expect_close("sums", sums);
  expect_close("batch normalisation", batch_norms);
  expect_close("layer normalisation", layer_norms);
  expect_close("moments", moments);
}

}  // namespace
}  // namespace steppe::compute
