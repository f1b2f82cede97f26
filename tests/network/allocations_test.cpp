// Passes in the steady state take no memory: what a step asks for beside its products is zero.
//
// This program counts every `operator new`, the libraries' own among them. oneDNN makes a list of
// operands for each product it runs, so passes are held to what their products take alone, and
// products to what oneDNN does.
#include "framework/compute/onednn.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "network_fixture.hpp"

namespace {

std::atomic<std::size_t> taken{0};

void* take(std::size_t bytes) {
  ++taken;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc{};
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes); }
void* operator new[](std::size_t bytes) { return take(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace steppe::network {
namespace {

using compute::Transpose;

template <class Work>
std::size_t allocations_of(const Work& work) {
  const std::size_t before = taken;
  work();
  return taken - before;
}

TEST(Allocations, AreCounted) {
  EXPECT_GE(allocations_of([] { delete[] new std::atomic<int>[ 100 ]; }), 1U);
}

/// standardise - [dense, silu, batch_norm] x 3 - dense, as in arXiv:2411.09296, but narrower.
Graph paper_like(const std::vector<std::size_t>& widths) {
  Graph graph{widths[0]};
  std::size_t last = add(graph, "standardise", 0);
  for (std::size_t i = 1; i + 1 < widths.size(); ++i) {
    last = dense(graph, last, static_cast<std::int64_t>(widths[i]));
    last = add(graph, "batch_norm", add(graph, "silu", last));
  }
  dense(graph, last, 1);
  return graph;
}

class Steady : public NetworkOnDevice {};

TEST_P(Steady, PassesTakeNoMemoryBesideTheirProducts) {
  constexpr std::size_t rows = 64;  // one shard: more are tasks, and tasks take memory
  const std::vector<std::size_t> widths{40, 24, 16, 8, 1};
  const Network network{paper_like(widths)};
  const Buffers at = disturbed(network);
  const Tensor x = put(compute::random_matrix(rows, widths[0], 1)), dz = put(coefficients(rows)),
               dx = device->matrix(rows, widths[0]);
  Passes passes{network, *queue, rows};
  const auto step = [&](Need need) {
    passes.forward(at.weights, at.buffers, x, Mode::train);
    passes.backward(at.weights, at.buffers, dz, need, need.weights ? at.gradient : Tensor{},
                    need.inputs ? dx : Tensor{});
  };

  std::vector<Tensor> values, weights;
  for (const std::size_t width : widths) values.push_back(device->matrix(rows, width));
  for (std::size_t i = 0; i + 1 < widths.size(); ++i)
    weights.push_back(device->matrix(widths[i], widths[i + 1]));
  const auto products = [&](Need need) {
    for (std::size_t i = 0; i < weights.size(); ++i)
      queue->matmul(values[i], weights[i], values[i + 1], Transpose::none);
    for (std::size_t i = weights.size(); i-- > 0;) {
      if (need.weights) queue->matmul(values[i], values[i + 1], weights[i], Transpose::first);
      if (need.inputs || i > 0)
        queue->matmul(values[i + 1], weights[i], values[i], Transpose::second);
    }
  };

  for (const Need need : {Need{.weights = true}, Need{.inputs = true}, Need{true, true}}) {
    for (int warm = 0; warm < 2; ++warm) {
      step(need);
      products(need);
    }
    EXPECT_EQ(allocations_of([&] { step(need); }), allocations_of([&] { products(need); }));
  }
}

TEST_P(Steady, ProductsTakeWhatTheirLibraryTakes) {
  const Tensor a = device->matrix(32, 24), b = device->matrix(24, 8), c = device->matrix(32, 8);
  const auto product = [&] { queue->matmul(a, b, c, Transpose::none); };

  const dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  const dnnl::stream stream{engine};
  const auto shape = [](const Tensor& of) {
    const auto number = [](std::size_t value) { return static_cast<dnnl::memory::dim>(value); };
    return dnnl::memory::desc{{number(of.rows), number(of.columns)},
                              dnnl::memory::data_type::f32,
                              dnnl::memory::dims{number(of.stride), 1}};
  };
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const auto description =
      compute::onednn::matmul(engine, shape(a), shape(b), shape(c), attributes);
  const dnnl::matmul bare{description};
  const std::array memories{dnnl::memory{shape(a), engine}, dnnl::memory{shape(b), engine},
                            dnnl::memory{shape(c), engine},
                            dnnl::memory{description.scratchpad_desc(), engine}};
  const std::array<dnnl_exec_arg_t, 4> arguments{{{DNNL_ARG_SRC, memories[0].get()},
                                                  {DNNL_ARG_WEIGHTS, memories[1].get()},
                                                  {DNNL_ARG_DST, memories[2].get()},
                                                  {DNNL_ARG_SCRATCHPAD, memories[3].get()}}};
  const auto alone = [&] { dnnl_primitive_execute(bare.get(), stream.get(), 4, arguments.data()); };

  for (int warm = 0; warm < 2; ++warm) {
    product();
    alone();
  }
  EXPECT_EQ(allocations_of(product), allocations_of(alone));
}

INSTANTIATE_TEST_SUITE_P(Devices, Steady, testing::Values("cpu"));

}  // namespace
}  // namespace steppe::network
