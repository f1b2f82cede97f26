// Hessian-vector products against dual numbers in double, closed forms, and PyTorch.
#include "losses.hpp"
#include "network.hpp"
#include "network_fixture.hpp"
#include "passes.hpp"
#include "torch_tables.hpp"

namespace steppe::network {
namespace {

using compute::random_matrix;
using compute::Reference;
using compute::same_bits;

/// |actual - wanted| / |wanted| over all entries of all matrices.
double relative_error(const std::vector<Reference>& actual, const std::vector<Reference>& wanted) {
  double distance = 0, size = 0;
  for (std::size_t s = 0; s < wanted.size(); ++s) {
    for (std::size_t i = 0; i < wanted[s].values.size(); ++i) {
      distance += std::pow(actual[s].values[i] - wanted[s].values[i], 2);
      size += std::pow(wanted[s].values[i], 2);
    }
  }
  return std::sqrt(distance / size);
}

class TangentsOfANetwork : public NetworkOnDevice {
 protected:
  /// A place where a network is differentiated twice, and where its answers go.
  struct Place {
    Place(TangentsOfANetwork& test, Graph graph, std::size_t rows)
        : network{std::move(graph)},
          at{test.disturbed(network)},
          inputs{test.put(random_matrix(rows, network.graph().input_columns(), 1))},
          in_weights{test.device->flat(network.weights())},
          in_inputs{test.device->matrix(rows, inputs.columns)},
          logits_tangent{test.device->matrix(rows, 1)},
          passes{network, *test.queue, rows + 3} {}

    const Network network;
    const Buffers at;
    const Tensor inputs, in_weights, in_inputs, logits_tangent;
    Passes passes;
  };

  /// H (v, u) of the sum of losses with `coefficients` into `in_weights` and `in_inputs`.
  void product(Place& place, Mode mode, const Tensor& v, const Tensor& u, Need need) {
    const std::size_t rows = place.inputs.rows;
    const Tensor dz = device->matrix(rows, 1), dz_tangent = device->matrix(rows, 1),
                 factors = put(coefficients(rows));
    const auto& [weights, gradient, buffers] = place.at;
    const Tensor z = place.passes.forward(weights, buffers, place.inputs, mode);
    queue->bce_with_logits(z, put(labels(rows)), {}, dz);
    queue->multiply(factors, dz);
    const Tensor z_tangent = place.passes.tangent_forward(weights, buffers, v, u);
    queue->copy(z_tangent, place.logits_tangent);
    queue->bce_with_logits_tangent(z, z_tangent, dz_tangent);
    queue->multiply(factors, dz_tangent);
    place.passes.backward(weights, buffers, dz, need, gradient, place.in_inputs);
    place.passes.tangent_backward(weights, buffers, v, dz, dz_tangent, need, place.in_weights,
                                  place.in_inputs);
  }

  Tensor weight_direction(const Network& network, std::uint64_t stream) {
    const Tensor v = device->flat(network.weights());
    queue->normal({21, stream}, std::vector<std::uint64_t>{0}, 1.0F, v);
    return v;
  }

  void expect_products(Mode mode, std::size_t rows);
};

void TangentsOfANetwork::expect_products(Mode mode, std::size_t rows) {
  Place place{*this, every_operation(), rows};
  const reference::Network network{place.network.graph(), segments_of(place.at.buffers),
                                   mode == Mode::inference};
  const reference::BinaryCrossEntropy loss{labels(rows)};
  const reference::Chain both{network, loss};
  const Tensor v = weight_direction(place.network, 1), u = put(random_matrix(rows, 6, 7));
  for (const auto& [along_weights, along_inputs] :
       {std::pair{v, Tensor{}}, std::pair{Tensor{}, u}, std::pair{v, u}}) {
    product(place, mode, along_weights, along_inputs, {true, true});
    const reference::Operands<double> at{{get(place.inputs)}, segments_of(place.at.weights)};
    reference::Operands<double> direction;
    if (along_inputs) direction.x = {get(u)};
    if (along_weights) direction.weights = segments_of(v);
    const auto [dx, weights] =
        passes_of(both, at, direction, coefficients(rows), {rows, 1}).gradient_tangent;
    const Reference z = tangent_of(network.forward(moving(at, direction)));
    EXPECT_LT(relative_error({get(place.logits_tangent)}, {z}), 1e-6);
    EXPECT_LT(relative_error(segments_of(place.in_weights), weights), 3e-6);
    EXPECT_LT(relative_error({get(place.in_inputs)}, dx), 3e-6);
  }
}

TEST_P(TangentsOfANetwork, ProductsAreExactInTraining) { expect_products(Mode::train_frozen, 9); }

TEST_P(TangentsOfANetwork, ProductsAreExactInInference) { expect_products(Mode::inference, 5); }

TEST_P(TangentsOfANetwork, ProductsAreExactOverTwoShards) {
  expect_products(Mode::train_frozen, 140);
}

TEST_P(TangentsOfANetwork, TheHessianIsSymmetric) {
  for (const Mode mode : {Mode::train, Mode::inference}) {
    Place place{*this, every_operation(), 30};
    const Tensor v = weight_direction(place.network, 1), u = weight_direction(place.network, 2);
    product(place, mode, v, {}, {.weights = true});
    const double u_h_v = queue->dot(u, place.in_weights);
    const double scale =
        std::sqrt(queue->dot(u, u) * queue->dot(place.in_weights, place.in_weights));
    product(place, mode, u, {}, {.weights = true});
    EXPECT_NEAR(u_h_v, queue->dot(v, place.in_weights), 1e-6 * scale);
    EXPECT_GT(std::abs(u_h_v), 1e-3 * scale);
  }
}

TEST_P(TangentsOfANetwork, MixedBlocksAreEachOthersTranspose) {
  for (const Mode mode : {Mode::train, Mode::inference}) {
    Place place{*this, every_operation(), 30};
    const Tensor v = weight_direction(place.network, 1), u = put(random_matrix(30, 6, 7));
    product(place, mode, v, {}, {.inputs = true});
    const double u_h_v = queue->dot(u, place.in_inputs);
    const double scale = std::sqrt(queue->dot(u, u) * queue->dot(place.in_inputs, place.in_inputs));
    product(place, mode, {}, u, {.weights = true});
    EXPECT_NEAR(u_h_v, queue->dot(v, place.in_weights), 1e-6 * scale);
    EXPECT_GT(std::abs(u_h_v), 1e-3 * scale);
  }
}

TEST_P(TangentsOfANetwork, OfTheLastLayerAreTheClosedForm) {
  constexpr std::size_t rows = 50;
  Place place{*this, mlp(6, {8, 5}), rows};
  const std::size_t last = place.network.weights()->segments().size() - 2;
  const Tensor v = device->flat(place.network.weights());
  queue->copy(put(random_matrix(5, 1, 9)), v.segment(last));
  product(place, Mode::inference, v, {}, {.weights = true});

  const reference::Operands<double> at{{get(place.inputs)}, segments_of(place.at.weights)};
  const auto value = [&](const Graph& graph) {
    return reference::Network{graph, segments_of(place.at.buffers), true}.forward(at);
  };
  Graph below = place.network.graph();
  const Reference z = value(below), c = coefficients(rows);
  below.set_output(below.output() - 1);
  const Reference a = value(below);
  // sum_r c[r] s (1 - s) a a^T v, and the same with a 1 for the bias
  const Reference along = get(v.segment(last));
  Reference wanted{5, 1}, wanted_bias{1, 1};
  for (std::size_t r = 0; r < rows; ++r) {
    const double s = 1.0 / (1.0 + std::exp(-z(r, 0)));
    double a_v = 0;
    for (std::size_t i = 0; i < 5; ++i) a_v += a(r, i) * along(i, 0);
    const double moves = c(r, 0) * s * (1 - s) * a_v;
    for (std::size_t i = 0; i < 5; ++i) wanted(i, 0) += moves * a(r, i);
    wanted_bias(0, 0) += moves;
  }
  const auto got = segments_of(place.in_weights);
  EXPECT_LT(relative_error({got[last], got[last + 1]}, {wanted, wanted_bias}), 2e-6);
}

TEST_P(TangentsOfANetwork, OnePassComputesWhatItIsAskedForAndTheSame) {
  Place place{*this, every_operation(), 20};
  const Tensor v = weight_direction(place.network, 1), u = put(random_matrix(20, 6, 7));
  product(place, Mode::train_frozen, v, u, {true, true});
  const auto both_weights = bits(place.in_weights), both_inputs = bits(place.in_inputs);
  product(place, Mode::train_frozen, v, u, {.weights = true});
  EXPECT_TRUE(same_bits(bits(place.in_weights), both_weights));
  product(place, Mode::train_frozen, v, u, {.inputs = true});
  EXPECT_TRUE(same_bits(bits(place.in_inputs), both_inputs));
}

TEST_P(TangentsOfANetwork, ABackwardForTangentsIsAsGoodAsAWholeOne) {
  for (const Mode mode : {Mode::train_frozen, Mode::inference}) {
    for (const Need need : {Need{.weights = true}, Need{.inputs = true}, Need{true, true}}) {
      Place place{*this, every_operation(), 20};
      const auto& [weights, gradient, buffers] = place.at;
      const Tensor v = need.weights ? weight_direction(place.network, 1) : Tensor{},
                   u = need.inputs ? put(random_matrix(20, 6, 7)) : Tensor{},
                   dz_tangent = device->matrix(20, 1);
      product(place, mode, v, u, need);
      const auto in_weights = bits(place.in_weights), in_inputs = bits(place.in_inputs);

      const Tensor z = place.passes.forward(weights, buffers, place.inputs, mode);
      const Tensor dz = device->matrix(20, 1), factors = put(coefficients(20));
      queue->bce_with_logits(z, put(labels(20)), {}, dz);
      queue->multiply(factors, dz);
      place.passes.backward_for_tangents(weights, buffers, dz, need);
      queue->fill(place.in_weights, 7.0F);
      queue->fill(place.in_inputs, 7.0F);
      // Another direction first: nothing of it may stay.
      for (const float scale : {2.0F, 0.5F}) {
        for (const Tensor* direction : {&v, &u})
          if (*direction) queue->scale(scale, *direction);
        const Tensor z_tangent = place.passes.tangent_forward(weights, buffers, v, u);
        queue->bce_with_logits_tangent(z, z_tangent, dz_tangent);
        queue->multiply(factors, dz_tangent);
        place.passes.tangent_backward(weights, buffers, v, dz, dz_tangent, need, place.in_weights,
                                      place.in_inputs);
      }
      if (need.weights) {
        EXPECT_TRUE(same_bits(bits(place.in_weights), in_weights));
      }
      if (need.inputs) {
        EXPECT_TRUE(same_bits(bits(place.in_inputs), in_inputs));
      }
    }
  }
}

TEST_P(TangentsOfANetwork, WeightsThatDoNotCountAreLeftOut) {
  Place place{*this, every_operation(), 20};
  const auto& table = place.network.weights()->segments();
  std::vector<bool> counts(table.size(), false);
  const Tensor v = device->flat(place.network.weights());
  for (std::size_t s = 0; s < table.size(); ++s) {
    counts[s] = table[s].name.starts_with("dense_2.") || table[s].name.starts_with("layer_norm");
    if (counts[s]) queue->copy(weight_direction(place.network, 1).segment(s), v.segment(s));
  }
  const auto results = [&] {
    product(place, Mode::train_frozen, v, {}, {.weights = true});
    return std::pair{segments_of(place.in_weights), segments_of(place.at.gradient)};
  };
  const auto all = results();
  place.passes.restrict_weights(counts);
  queue->fill(place.in_weights, 7.0F);
  queue->fill(place.at.gradient, 7.0F);
  const auto some = results();
  for (std::size_t s = 0; s < table.size(); ++s) {
    const std::vector<double> zeros(table[s].size(), 0.0);
    EXPECT_EQ(some.first[s].values, counts[s] ? all.first[s].values : zeros) << table[s].name;
    EXPECT_EQ(some.second[s].values, counts[s] ? all.second[s].values : zeros) << table[s].name;
  }
  EXPECT_GT(queue->dot(place.in_weights, place.in_weights), 0.0);
}

TEST_P(TangentsOfANetwork, WhatCannotMoveHasNoProduct) {
  Graph graph = mlp(6, {5});
  const std::size_t output = graph.output();
  dense(graph, 0, 3);
  graph.set_output(output);
  Place place{*this, graph, 20};
  const Tensor v = weight_direction(place.network, 1);
  queue->fill(place.in_weights, 3.0F);
  product(place, Mode::train_frozen, v, {}, {.weights = true});
  const auto got = segments_of(place.in_weights);
  EXPECT_EQ(got[1].values, std::vector<double>(5, 0.0)) << "a bias in front of batch_norm";
  EXPECT_EQ(got[6].values, std::vector<double>(18, 0.0)) << "a layer off the path";
  EXPECT_NE(got[0].values[0], 0.0);

  product(place, Mode::train_frozen, {}, {}, {true, true});
  for (const Tensor& tensor : {place.logits_tangent, place.in_weights, place.in_inputs})
    EXPECT_EQ(queue->dot(tensor, tensor), 0.0);
}

TEST_P(TangentsOfANetwork, PassesOutOfOrderAreRefused) {
  Place place{*this, mlp(6, {5}), 4};
  const Tensor &weights = place.at.weights, &buffers = place.at.buffers;
  const Tensor v = weight_direction(place.network, 1), dz = device->matrix(4, 1);
  EXPECT_THROW(place.passes.tangent_forward(weights, buffers, v, {}), GraphError);
  place.passes.forward(weights, buffers, place.inputs, Mode::inference);
  EXPECT_THROW(place.passes.tangent_forward(weights, buffers, {}, device->matrix(3, 6)),
               GraphError);
  const auto tangent_backward = [&] {
    place.passes.tangent_backward(weights, buffers, v, dz, dz, {true, true}, place.in_weights,
                                  place.in_inputs);
  };
  place.passes.backward(weights, buffers, dz, {true, true}, place.at.gradient, place.in_inputs);
  EXPECT_THROW(tangent_backward(), GraphError);
  place.passes.tangent_forward(weights, buffers, v, {});
  EXPECT_NO_THROW(tangent_backward());
  place.passes.backward(weights, buffers, dz, {.weights = true}, place.at.gradient, {});
  EXPECT_THROW(tangent_backward(), GraphError);
  place.passes.backward_for_tangents(weights, buffers, dz, {.inputs = true});
  EXPECT_THROW(place.passes.tangent_backward(weights, buffers, v, dz, dz, {.inputs = true}, {},
                                             place.in_inputs),
               GraphError);
}

TEST_P(TangentsOfANetwork, AreThoseOfPyTorch) {
  namespace tables = torch_tables;
  constexpr std::size_t rows = tables::curved_rows, columns = tables::curved_inputs;
  const Network network{mlp(columns, {tables::curved_units})};
  const Buffers at = buffers_for(network);
  const Tensor v = device->flat(network.weights()), product = device->flat(network.weights()),
               u = device->matrix(rows, columns), hessian_row = device->matrix(rows, columns);
  {
    const compute::Mapped weights{*queue, at.weights}, direction{*queue, v};
    std::size_t k = 0;
    for (const auto& segment : network.weights()->segments()) {
      const double shift = segment.name == "batch_norm_0.gamma" ? 1.0 : 0.0;
      for (std::size_t i = segment.offset; i < segment.offset + segment.size(); ++i, ++k) {
        weights->data[i] = static_cast<float>(tables::value(700 + k) / 2 + shift);
        direction->data[i] = static_cast<float>(tables::value(800 + k));
      }
    }
  }
  Reference x{rows, columns};
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = tables::value(300 + i * i);

  Passes passes{network, *queue, rows};
  const Tensor dz = device->matrix(rows, 1), dz_tangent = device->matrix(rows, 1);
  const Tensor z = passes.forward(at.weights, at.buffers, put(x), Mode::train_frozen);
  queue->bce_with_logits(z, put(labels(rows)), {}, dz);
  queue->scale(1.0F / rows, dz);
  passes.backward(at.weights, at.buffers, dz, {true, true}, at.gradient, u);
  const auto along = [&](const Tensor& in_weights, const Tensor& in_inputs, Need need) {
    queue->bce_with_logits_tangent(
        z, passes.tangent_forward(at.weights, at.buffers, in_weights, in_inputs), dz_tangent);
    queue->scale(1.0F / rows, dz_tangent);
    passes.tangent_backward(at.weights, at.buffers, in_weights, dz, dz_tangent, need, product,
                            hessian_row);
  };
  const auto expect_table = [](const std::vector<double>& got, std::span<const double> wanted) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(got[i], wanted[i], 2e-6 * (1 + std::abs(wanted[i]))) << i;
  };
  along(v, {}, {.weights = true});
  std::vector<double> in_weights, hessian;
  for (const Reference& segment : segments_of(product))
    in_weights.insert(in_weights.end(), segment.values.begin(), segment.values.end());
  expect_table(in_weights, tables::curved_weight_product);
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    Reference unit{rows, columns};
    unit.values[i] = 1;
    queue->copy(put(unit), u);
    along({}, u, {.inputs = true});
    const Reference row = get(hessian_row);
    hessian.insert(hessian.end(), row.values.begin(), row.values.end());
  }
  expect_table(hessian, tables::curved_input_hessian);
}

STEPPE_ON_EVERY_DEVICE(TangentsOfANetwork);

}  // namespace
}  // namespace steppe::network
