// Every operation of a queue that a training spends its time in, at the shapes of the network of
// arXiv:2411.09296 (602-128-64-32-1), in batches of 128 and 4096 events.
//
//   kernels [--threads=N] [options of Google Benchmark, such as --benchmark_filter=matmul]
//
// Operands lie where a training has them: in the caches as far as they fit, but the events that are
// gathered, 158 MB of them in random order. `Gflop/s` counts a multiplication and an addition for
// each term of a product, `peak` is its part of what the cores can do (chains of both in
// registers), `GB/s` counts each operand once as read or written.
#include "framework/compute/device.hpp"
#include "framework/compute/peak.hpp"
#include "framework/data/batches.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "build_information.hpp"
#include <benchmark/benchmark.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace {

using namespace steppe::compute;
using benchmark::State;

constexpr std::size_t features = 602, events = 65'536;
constexpr std::array<std::pair<std::size_t, std::size_t>, 4> layers{
    {{features, 128}, {128, 64}, {64, 32}, {32, 1}}};
constexpr std::array<std::size_t, 2> batches{128, 4096};

/// What all measurements share.
struct Bench {
  explicit Bench(int threads)
      : arena{threads}, peak_gflops{threads * steppe::compute::peak_gflops()} {}

  /// Of normal numbers.
  Tensor matrix(std::size_t rows, std::size_t columns) {
    const auto out = device->matrix(rows, columns);
    std::vector<std::uint64_t> ids(rows);
    std::iota(ids.begin(), ids.end(), std::uint64_t{0});
    queue->normal({++key, 0}, ids, 1.0F, out);
    return out;
  }
  Tensor flat(const std::shared_ptr<const SegmentTable>& table) {
    const auto out = device->flat(table);
    const std::vector<std::uint64_t> id{0};
    queue->uniform({++key, 0}, id, 0.1F, 1.0F, out);
    return out;
  }

  /// That this thread had a core, where all is done by it; else of the clock on the wall.
  double seconds() {
    std::timespec now{};
    ::clock_gettime(arena.max_concurrency() > 1 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }

  std::shared_ptr<Device> device = open_device("cpu");
  std::unique_ptr<Queue> queue = device->queue();
  tbb::task_arena arena;
  double peak_gflops;
  std::uint64_t key = 0;
};

/// What one call does.
struct Amount {
  double flops = 0, floats = 0;
};

/// `work(queue)`, again and again. `prepare` gives it, so that only what runs has its memory.
using Work = std::function<void(Queue&)>;

void add(Bench& bench, const std::string& name, Amount amount, std::function<Work()> prepare) {
  auto* made = benchmark::RegisterBenchmark(
      name.c_str(), [&bench, amount, prepare = std::move(prepare)](State& state) {
        bench.arena.execute([&] {
          const auto work = prepare();
          work(*bench.queue);  // makes primitives
          const double begin = bench.seconds();
          for (auto _ : state) work(*bench.queue);
          const double calls_a_second =
              static_cast<double>(state.iterations()) / (bench.seconds() - begin);
          if (amount.flops > 0) {
            const double gflops = 1e-9 * amount.flops * calls_a_second;
            state.counters["Gflop/s"] = gflops;
            state.counters["peak"] = gflops / bench.peak_gflops;
          }
          if (amount.floats > 0)
            state.counters["GB/s"] = 1e-9 * sizeof(float) * amount.floats * calls_a_second;
        });
      });
  made->Unit(benchmark::kMicrosecond);
  if (bench.arena.max_concurrency() > 1) made->UseRealTime();
}

std::string sized(std::string_view name, std::size_t rows, std::size_t columns) {
  return fmt::format("{}/{}x{}", name, rows, columns);
}

void add_products(Bench& bench, std::size_t batch) {
  for (const auto& layer : layers) {
    const std::size_t inputs = layer.first, units = layer.second;
    const Amount amount{2.0 * static_cast<double>(batch * inputs * units), 0};
    const auto name = [&](const char* what, std::size_t m, std::size_t k, std::size_t n) {
      return fmt::format("matmul {}/{}x{}x{}", what, m, k, n);
    };
    add(bench, name("a b", batch, inputs, units), amount, [&bench, batch, inputs, units]() -> Work {
      return [x = bench.matrix(batch, inputs), w = bench.matrix(inputs, units),
              y = bench.matrix(batch, units)](Queue& q) { q.matmul(x, w, y, Transpose::none); };
    });
    add(bench, name("aT b", inputs, batch, units), amount,
        [&bench, batch, inputs, units]() -> Work {
          return [x = bench.matrix(batch, inputs), dy = bench.matrix(batch, units),
                  dw = bench.matrix(inputs, units)](Queue& q) {
            q.matmul(x, dy, dw, Transpose::first);
          };
        });
    add(bench, name("a bT", batch, units, inputs), amount,
        [&bench, batch, inputs, units]() -> Work {
          return [dx = bench.matrix(batch, inputs), w = bench.matrix(inputs, units),
                  dy = bench.matrix(batch, units)](Queue& q) {
            q.matmul(dy, w, dx, Transpose::second);
          };
        });
  }
}

void add_normalisations(Bench& bench, std::size_t batch, std::size_t units) {
  const auto make = [&bench, units] {
    const auto row = [&] { return bench.device->matrix(1, units); };
    return Queue::BatchNorm{bench.matrix(1, units), row(), row(), row(), row(), row()};
  };
  const auto floats = static_cast<double>(batch * units);
  add(bench, sized("batch_norm_train", batch, units), {0, 2 * floats},
      [&bench, batch, units, make]() -> Work {
        return [norm = make(), x = bench.matrix(batch, units),
                y = bench.matrix(batch, units)](Queue& q) { q.batch_norm_train(norm, true, x, y); };
      });
  add(bench, sized("batch_norm_backward", batch, units), {0, 3 * floats},
      [&bench, batch, units, make]() -> Work {
        return [norm = make(), x = bench.matrix(batch, units), dy = bench.matrix(batch, units),
                dx = bench.matrix(batch, units), dgamma = bench.matrix(1, units),
                dbeta = bench.matrix(1, units)](Queue& q) {
          q.batch_norm_backward(norm, true, x, dy, dx, dgamma, dbeta);
        };
      });
  add(bench, sized("activate silu", batch, units), {0, 2 * floats},
      [&bench, batch, units]() -> Work {
        return [x = bench.matrix(batch, units), y = bench.matrix(batch, units)](Queue& q) {
          q.activate(Activation::silu, 0.0F, x, y);
        };
      });
  add(bench, sized("activate_backward silu", batch, units), {0, 3 * floats},
      [&bench, batch, units]() -> Work {
        return [x = bench.matrix(batch, units), dy = bench.matrix(batch, units),
                dx = bench.matrix(batch, units)](Queue& q) {
          q.activate_backward(Activation::silu, 0.0F, x, dy, dx);
        };
      });
  add(bench, sized("add_row", batch, units), {0, floats}, [&bench, batch, units]() -> Work {
    return [row = bench.matrix(1, units), y = bench.matrix(batch, units)](Queue& q) {
      q.add_row(row, y);
    };
  });
}

/// Of the events themselves: an attack's walk, the fitted preprocessing, the loss.
void add_events(Bench& bench, std::size_t batch) {
  const auto floats = static_cast<double>(batch * features);
  const auto pair = [&bench, batch] {
    return std::pair{bench.matrix(batch, features), bench.matrix(batch, features)};
  };
  add(bench, sized("sign", batch, features), {0, 2 * floats},
      [pair]() -> Work { return [both = pair()](Queue& q) { q.sign(both.first, both.second); }; });
  add(bench, sized("axpy", batch, features), {0, 2 * floats}, [pair]() -> Work {
    return [both = pair()](Queue& q) { q.axpy(1e-9F, both.first, both.second); };
  });
  add(bench, sized("clamp", batch, features), {0, floats}, [pair]() -> Work {
    return [both = pair()](Queue& q) { q.clamp(-1.0F, 1.0F, both.second); };
  });
  add(bench, sized("clamp_around", batch, features), {0, 2 * floats}, [pair]() -> Work {
    return [both = pair()](Queue& q) { q.clamp_around(both.first, 0.007F, both.second); };
  });
  add(bench, sized("standardise", batch, features), {0, 2 * floats}, [pair, &bench]() -> Work {
    return [both = pair(), mean = bench.matrix(1, features), factor = bench.matrix(1, features)](
               Queue& q) { q.standardise(both.first, mean, factor, both.second); };
  });
  add(bench, sized("bce_with_logits", batch, 1), {0, 4.0 * static_cast<double>(batch)},
      [&bench, batch]() -> Work {
        const auto labels = bench.device->matrix(batch, 1);
        return [logits = bench.matrix(batch, 1), labels, values = bench.matrix(batch, 1),
                gradient = bench.matrix(batch, 1)](Queue& q) {
          q.bce_with_logits(logits, labels, values, gradient);
        };
      });
}

/// The next rows of a random order, as the batches of an epoch.
void add_gather(Bench& bench, std::size_t batch) {
  add(bench, sized("gather from 158 MB", batch, features),
      {0, 2.0 * static_cast<double>(batch * features)}, [&bench, batch]() -> Work {
        std::vector<std::uint32_t> rows(events);
        std::iota(rows.begin(), rows.end(), 0U);
        const auto all = std::make_shared<std::vector<float>>(events * features, 1.0F);
        return [all, batch, order = steppe::data::shuffled(rows, {7, 0}),
                to = bench.matrix(batch, features), first = std::size_t{0}](Queue& q) mutable {
          if (first + batch > events) first = 0;
          q.gather({all->data(), events, features, features},
                   std::span{order}.subspan(first, batch), to);
          first += batch;
        };
      });
}

/// One step of AdamW over all weights, as the optimizer of that name makes it.
void add_adam(Bench& bench) {
  auto table = std::make_shared<SegmentTable>();
  for (const auto& [inputs, units] : layers) {
    table->add("weight", inputs, units);
    table->add("bias", 1, units);
    if (units == 1) continue;
    table->add("gamma", 1, units);
    table->add("beta", 1, units);
  }
  const auto values = static_cast<double>(table->values());
  add(bench, fmt::format("adamw, four operations/{}", table->values()), {0, 7 * values},
      [&bench, table]() -> Work {
        return [w = bench.flat(table), g = bench.flat(table), m = bench.flat(table),
                v = bench.flat(table)](Queue& q) {
          q.scale(1.0F - 1e-7F, w);
          q.axpby(0.1F, g, 0.9F, m);
          q.axpby_square(0.001F, g, 0.999F, v);
          q.adaptive_step(1e-4F, m, 1.0F, v, 1e-8F, w);
        };
      });
}

/// Takes "--threads=N" out of the command line. @returns N, 1 where it is not there.
int threads_of(int& count, char** arguments) {
  constexpr std::string_view option = "--threads=";
  int threads = 1;
  const auto end = std::remove_if(arguments + 1, arguments + count, [&](const char* argument) {
    if (!std::string_view{argument}.starts_with(option)) return false;
    threads = std::max(std::atoi(argument + option.size()), 1);
    return true;
  });
  count = static_cast<int>(end - arguments);
  return threads;
}

}  // namespace

int main(int count, char** arguments) {
  const int threads = threads_of(count, arguments);
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads)};
  Bench bench{threads};
  std::cerr << steppe::benchmarks::build_information(STEPPE_BUILT)
            << fmt::format("{} thread(s), peak {:.1f} Gflop/s (f32)\n", threads, bench.peak_gflops);
  for (const auto batch : batches) {
    add_products(bench, batch);
    for (const auto& [inputs, units] : layers)
      if (units > 1) add_normalisations(bench, batch, units);
    add_events(bench, batch);
    add_gather(bench, batch);
  }
  add_adam(bench);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
