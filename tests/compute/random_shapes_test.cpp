// Products, element-wise operations, reductions, activations and losses on random shapes.
#include "random_shapes.hpp"

#include <functional>

#include "layers.hpp"
#include "losses.hpp"
#include "passes.hpp"
#include "steps.hpp"

namespace steppe::compute {
namespace {

using reference::activations;
using reference::passes_of;

class RandomShapesOfOperations : public RandomShapes {
 protected:
  using Run = std::function<void(const Tensor& x, const Tensor& y)>;
  using Formula = double (*)(double x, double y);

  /// Adam, and a signed step in a ball, from the values w, m, v along g.
  void expect_fused_steps(const Reference& w, const Reference& m, const Reference& v,
                          const Reference& g) {
    constexpr Queue::AdamStep step{0.875F, 0.25F, 0.75F, 0.125F, 0.875F, 0.125F, 1.25F, 0x1p-7F};
    const Tensor on_w = put(w), on_m = put(m), on_v = put(v), y = put(w);
    queue->adam_step(step, put(g), on_m, on_v, on_w);
    queue->signed_step(0.25F, put(g), put(m), 0.5F, y);
    Reference weights = w, means = m, squares = v, moved = w;
    for (std::size_t i = 0; i < w.values.size(); ++i) {
      const auto after =
          reference::AdamValue{w.values[i], m.values[i], v.values[i]}.after(step, g.values[i]);
      weights.values[i] = after.weight;
      means.values[i] = after.mean;
      squares.values[i] = after.square;
      moved.values[i] = reference::signed_step(0.25, g.values[i], m.values[i], 0.5, w.values[i]);
    }
    expect_close("adam_step weights", on_w, weights);
    expect_close("adam_step means", on_m, means);
    expect_close("adam_step squares", on_v, squares);
    expect_close("signed_step", y, moved);
  }

  /// y <- f(x, y) entry by entry, where x is as large as y, or one row or one column of it.
  void expect_each(const std::string& name, const Reference& x, const Reference& y, const Run& run,
                   Formula formula) {
    const Tensor on_y = put(y);
    run(put(x), on_y);
    Reference wanted = y;
    for (std::size_t r = 0; r < y.rows; ++r)
      for (std::size_t c = 0; c < y.columns; ++c)
        wanted(r, c) = formula(x(x.rows == 1 ? 0 : r, x.columns == 1 ? 0 : c), y(r, c));
    expect_close(name, on_y, wanted);
  }
};

TEST(ListOfRandomShapes, HasOneRowVectorTailsManyColumnsAndLargeBatches) {
  const auto count = [](auto&& is) { return std::ranges::count_if(random_shapes(), is); };
  EXPECT_EQ(random_shapes().size(), 200U);
  EXPECT_GT(count([](const Shape& shape) { return shape.rows == 1; }), 10);
  EXPECT_GT(count([](const Shape& shape) { return shape.rows > 1024; }), 3);
  EXPECT_EQ(count([](const Shape& shape) { return shape.rows == 4096; }), 1);
  EXPECT_GT(count([](const Shape& shape) { return shape.columns % 16 != 0; }), 100);
  EXPECT_GT(count([](const Shape& shape) { return shape.columns == 602; }), 10);
  EXPECT_GT(count([](const Shape& shape) { return shape.inner == 602; }), 10);
}

TEST_P(RandomShapesOfOperations, Products) {
  for (const auto& [rows, columns, inner, key] : random_shapes()) {
    for (const auto& [name, transpose] :
         {std::pair{"matmul", Transpose::none}, std::pair{"matmul first", Transpose::first},
          std::pair{"matmul second", Transpose::second}}) {
      // For `first` the long dimension is the one summed over, as in a weight gradient.
      const bool first = transpose == Transpose::first, second = transpose == Transpose::second;
      const std::size_t high = first ? inner : rows;
      const Reference a = random_matrix(rows, inner, key + 1),
                      b = second  ? random_matrix(columns, inner, key + 2)
                          : first ? random_matrix(rows, columns, key + 2)
                                  : random_matrix(inner, columns, key + 2),
                      start = random_matrix(high, columns, key + 3);
      const Tensor on_a = put(a), on_b = put(b), c = put(start);
      Reference wanted = reference::product(a, b, {high, columns}, transpose), more = wanted;
      for (std::size_t i = 0; i < more.values.size(); ++i) more.values[i] += start.values[i];
      queue->matmul(on_a, on_b, c, transpose, {.accumulate = true});
      expect_close(std::string{name} + " accumulate", c, more);
      queue->matmul(on_a, on_b, c, transpose);
      expect_close(name, c, wanted);
    }
  }
}

TEST_P(RandomShapesOfOperations, ElementwiseOperations) {
  struct Operation {
    const char* name;
    Run run;
    Formula formula;
  };
  const Run multiply = [&](auto& x, auto& y) { queue->multiply(x, y); };
  const Formula times = [](double x, double y) { return x * y; };
  const std::vector<Operation> whole{
      {"copy", [&](auto& x, auto& y) { queue->copy(x, y); }, [](double x, double) { return x; }},
      {"axpy", [&](auto& x, auto& y) { queue->axpy(0.75F, x, y); },
       [](double x, double y) { return y + 0.75 * x; }},
      {"axpby", [&](auto& x, auto& y) { queue->axpby(0.25F, x, -1.5F, y); },
       [](double x, double y) { return 0.25 * x - 1.5 * y; }},
      {"axpby_square", [&](auto& x, auto& y) { queue->axpby_square(0.25F, x, 0.5F, y); },
       [](double x, double y) { return 0.25 * x * x + 0.5 * y; }},
      {"scale", [&](auto&, auto& y) { queue->scale(-3.0F, y); },
       [](double, double y) { return -3.0 * y; }},
      {"sign", [&](auto& x, auto& y) { queue->sign(x, y); },
       [](double x, double) { return static_cast<double>((x > 0) - (x < 0)); }},
      {"clamp", [&](auto&, auto& y) { queue->clamp(-0.5F, 0.25F, y); },
       [](double, double y) { return std::clamp(y, -0.5, 0.25); }},
      {"clamp_around", [&](auto& x, auto& y) { queue->clamp_around(x, 0.125F, y); },
       [](double x, double y) { return x + std::clamp(y - x, -0.125, 0.125); }},
      {"multiply", multiply, times}};
  for (const auto& [rows, columns, inner, key] : random_shapes()) {
    const Reference x = random_matrix(rows, columns, key + 1),
                    y = random_matrix(rows, columns, key + 2), row = random_matrix(1, columns, 3),
                    column = random_matrix(rows, 1, key + 4);
    for (const auto& [name, run, formula] : whole) expect_each(name, x, y, run, formula);
    expect_each("multiply by a row", row, y, multiply, times);
    expect_each("multiply by a column", column, y, multiply, times);
    expect_each(
        "add_row", row, y, [&](auto& to, auto& all) { queue->add_row(to, all); },
        [](double added, double before) { return before + added; });
  }
}

TEST_P(RandomShapesOfOperations, OperationsOfThreeOperands) {
  for (const auto& [rows, columns, inner, key] : random_shapes()) {
    const Reference x = random_matrix(rows, columns, key + 1),
                    m = random_matrix(rows, columns, key + 2), mean = random_matrix(1, columns, 3),
                    factor = random_matrix(1, columns, 4);
    Reference v = random_matrix(rows, columns, key + 5);
    for (double& value : v.values) value = static_cast<double>(static_cast<float>(value * value));
    Reference stepped = x, standard = x;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        stepped(r, c) -= 0.125 * m(r, c) / (std::sqrt(v(r, c)) * 1.25 + 0x1p-7);
        standard(r, c) = (x(r, c) - mean(0, c)) * factor(0, c);
      }
    }
    const Tensor w = put(x), y = device->matrix(rows, columns);
    queue->adaptive_step(0.125F, put(m), 1.25F, put(v), 0x1p-7F, w);
    queue->standardise(put(x), put(mean), put(factor), y);
    expect_close("adaptive_step", w, stepped);
    expect_close("standardise", y, standard);
    expect_fused_steps(x, m, v, random_matrix(rows, columns, key + 6));
  }
}

TEST_P(RandomShapesOfOperations, Reductions) {
  for (const auto& [rows, columns, inner, key] : random_shapes()) {
    const Reference x = random_matrix(rows, columns, key + 1),
                    y = random_matrix(rows, columns, key + 2),
                    values = random_matrix(rows, 1, key + 3);
    Reference weights = random_matrix(rows, 1, key + 4, 0.25);
    Reference norms{rows, 1}, sums{1, columns}, product{1, 1}, mean{1, 1};
    double total = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        norms(r, 0) += x(r, c) * x(r, c);
        sums(0, c) += x(r, c);
        product(0, 0) += x(r, c) * y(r, c);
      }
      norms(r, 0) = std::sqrt(norms(r, 0));
      weights(r, 0) = static_cast<double>(static_cast<float>(weights(r, 0) + 1.0));
      mean(0, 0) += weights(r, 0) * values(r, 0);
      total += std::abs(weights(r, 0));
    }
    mean(0, 0) /= total;
    const Tensor on_x = put(x), on_weights = put(weights), on_norms = device->matrix(rows, 1),
                 on_sums = device->matrix(1, columns), on_mean = device->matrix(1, 1);
    queue->row_norms(on_x, on_norms);
    queue->column_sums(on_x, on_sums);
    queue->weighted_mean(put(values), on_weights, on_mean);
    queue->normalise_weights(on_weights);
    Reference dot{1, 1};
    dot(0, 0) = queue->dot(on_x, put(y));
    for (double& weight : weights.values) weight /= total;
    expect_close("row_norms", on_norms, norms);
    expect_close("column_sums", on_sums, sums);
    expect_close("weighted_mean", on_mean, mean);
    expect_close("normalise_weights", on_weights, weights);
    expect_close("dot", dot, product);
  }
}

TEST_P(RandomShapesOfOperations, Activations) {
  for (const auto& [rows, columns, inner, key] : random_shapes()) {
    const Reference x = random_matrix(rows, columns, key + 1, 3.0),
                    dy = random_matrix(rows, columns, key + 2),
                    x_tangent = random_matrix(rows, columns, key + 3),
                    dy_tangent = random_matrix(rows, columns, key + 4);
    const Tensor at = put(x), on_dy = put(dy), along = put(x_tangent), moves = put(dy_tangent),
                 y = put(x), dx = put(x), dx_tangent = put(x);
    for (const auto& [name, kind] : activations) {
      const reference::Passes wanted = passes_of(reference::Activated{kind, 0.125}, {{x}, {}},
                                                 {{x_tangent}, {}}, dy, dy_tangent);
      queue->activate(kind, 0.125F, at, y);
      queue->activate_backward(kind, 0.125F, at, on_dy, dx);
      expect_close(std::string{name} + " y", y, wanted.y);
      expect_close(std::string{name} + " dx", dx, wanted.gradient.x[0]);
      queue->activate_keeping(kind, 0.125F, {}, at, y, dx_tangent);
      queue->times(on_dy, dx_tangent, dx);
      expect_close(std::string{name} + " y, kept", y, wanted.y);
      expect_close(std::string{name} + " dx, kept", dx, wanted.gradient.x[0]);
      queue->activate_second(kind, 0.125F, at, along, on_dy, moves, dx_tangent);
      expect_close(std::string{name} + " dx'", dx_tangent, wanted.gradient_tangent.x[0]);
    }
  }
}

TEST_P(RandomShapesOfOperations, CrossEntropy) {
  for (const auto& [rows, columns, inner, key] : random_shapes()) {
    const Reference z = random_matrix(rows, 1, key + 1, 6.0),
                    z_tangent = random_matrix(rows, 1, key + 2);
    Reference labels{rows, 1}, ones{rows, 1};
    for (std::size_t r = 0; r < rows; ++r) {
      labels(r, 0) = static_cast<double>((r + inner) % 2);
      ones(r, 0) = 1;
    }
    const reference::Passes wanted = passes_of(reference::BinaryCrossEntropy{labels}, {{z}, {}},
                                               {{z_tangent}, {}}, ones, {rows, 1});
    const Tensor at = put(z), on_values = put(z), on_slopes = put(z), on_moved = put(z);
    queue->bce_with_logits(at, put(labels), on_values, on_slopes);
    queue->bce_with_logits_tangent(at, put(z_tangent), on_moved);
    expect_close("bce values", on_values, wanted.y);
    expect_close("bce gradient", on_slopes, wanted.gradient.x[0]);
    expect_close("bce gradient'", on_moved, wanted.gradient_tangent.x[0]);
  }
}

STEPPE_ON_EVERY_DEVICE(RandomShapesOfOperations);

}  // namespace
}  // namespace steppe::compute
