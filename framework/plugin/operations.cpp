// The operation table that crosses the boundary: each entry finds the stage's queue and calls the
// operation of the same name there. No exception leaves this file.
#include "framework/plugin/catalogue.hpp"
#include "framework/plugin/host.hpp"

#include <exception>
#include <span>

#include <fmt/format.h>

namespace steppe::plugin {

namespace {

StageHost& self(const steppe_host* host) { return *static_cast<StageHost*>(host->self); }
const compute::Tensor& of(const steppe_tensor* handle) { return handle->tensor; }

/// Runs `work` with the stage's queue. What it moves between host and device is the stage's.
template <class Work>
steppe_status on_queue(const steppe_host* host, Work&& work) noexcept {
  auto& stage = self(host);
  try {
    auto& queue = stage.queue();
    const auto before = queue.traffic();
    work(queue);
    stage.count(queue.traffic() - before);
    return STEPPE_OK;
  } catch (const std::bad_alloc&) {
    stage.set_error("out of memory");
    return STEPPE_NO_MEMORY;
  } catch (const std::exception& error) {
    stage.set_error(error.what());
  }
  return STEPPE_INVALID;
}

using Host = const steppe_host*;
using In = const steppe_tensor*;
using Out = steppe_tensor*;

compute::Queue::AdamStep adam_of(const steppe_adam& c) {
  return {c.shrink,      c.mean_new, c.mean_kept,   c.square_new,
          c.square_kept, c.rate,     c.root_factor, c.epsilon};
}

compute::RowFactor factor_of(steppe_row_factor kind) {
  switch (kind) {
    case STEPPE_INVERSE:
      return compute::RowFactor::inverse;
    case STEPPE_SHRINK:
      return compute::RowFactor::shrink;
    case STEPPE_INSIDE:
      return compute::RowFactor::inside;
  }
  throw PluginError{fmt::format("there is no row factor {}", kind)};
}

compute::RandomKey key_of(steppe_random random) { return {random.key, random.stream}; }

std::span<const std::uint64_t> ids(const std::uint64_t* row_ids, In like) {
  return {row_ids, of(like).rows};
}

}  // namespace

// A table with a row for each operation. NOLINTNEXTLINE(readability-function-size)
const steppe_operations& operations() {
  static const steppe_operations table{
      .size = sizeof(steppe_operations),
      .create_like =
          [](Host host, In like, Out* out) {
            return on_queue(host, [&](auto&) { *out = self(host).scratch_like(of(like)); });
          },
      .release = [](Host host, Out tensor) { self(host).release(tensor); },
      .shape =
          [](In tensor, std::uint64_t* rows, std::uint64_t* columns) {
            *rows = of(tensor).rows;
            *columns = of(tensor).columns;
          },
      .segments =
          [](In tensor, const steppe_segment** items, std::size_t* count) {
            *items = tensor->segments.data();
            *count = tensor->segments.size();
          },
      .map =
          [](Host host, Out tensor, float** data, std::uint64_t* stride) {
            return on_queue(host, [&](compute::Queue& queue) {
              const auto view = queue.map(of(tensor));
              *data = view.data;
              *stride = view.stride;
            });
          },
      .unmap =
          [](Host host, Out tensor) {
            return on_queue(host, [&](compute::Queue& queue) { queue.unmap(of(tensor)); });
          },
      .copy =
          [](Host host, In from, Out to) {
            return on_queue(host, [&](compute::Queue& queue) { queue.copy(of(from), of(to)); });
          },
      .fill =
          [](Host host, float value, Out y) {
            return on_queue(host, [&](compute::Queue& queue) { queue.fill(of(y), value); });
          },
      .axpy =
          [](Host host, float a, In x, Out y) {
            return on_queue(host, [&](compute::Queue& queue) { queue.axpy(a, of(x), of(y)); });
          },
      .axpby =
          [](Host host, float a, In x, float b, Out y) {
            return on_queue(host, [&](compute::Queue& queue) { queue.axpby(a, of(x), b, of(y)); });
          },
      .axpby_square =
          [](Host host, float a, In x, float b, Out y) {
            return on_queue(host,
                            [&](compute::Queue& queue) { queue.axpby_square(a, of(x), b, of(y)); });
          },
      .scale =
          [](Host host, float a, Out y) {
            return on_queue(host, [&](compute::Queue& queue) { queue.scale(a, of(y)); });
          },
      .multiply =
          [](Host host, In x, Out y) {
            return on_queue(host, [&](compute::Queue& queue) { queue.multiply(of(x), of(y)); });
          },
      .sign =
          [](Host host, In x, Out y) {
            return on_queue(host, [&](compute::Queue& queue) { queue.sign(of(x), of(y)); });
          },
      .clamp =
          [](Host host, float low, float high, Out y) {
            return on_queue(host, [&](compute::Queue& queue) { queue.clamp(low, high, of(y)); });
          },
      .clamp_around =
          [](Host host, In centre, float radius, Out y) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.clamp_around(of(centre), radius, of(y));
            });
          },
      .adaptive_step =
          [](Host host, float a, In m, float b, In v, float epsilon, Out w) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.adaptive_step(a, of(m), b, of(v), epsilon, of(w));
            });
          },
      .dot =
          [](Host host, In x, In y, double* out) {
            return on_queue(host, [&](compute::Queue& queue) { *out = queue.dot(of(x), of(y)); });
          },
      .row_norms =
          [](Host host, In x, Out out) {
            return on_queue(host, [&](compute::Queue& queue) { queue.row_norms(of(x), of(out)); });
          },
      .uniform =
          [](Host host, steppe_random random, const std::uint64_t* row_ids, float low, float high,
             Out y) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.uniform(key_of(random), ids(row_ids, y), low, high, of(y));
            });
          },
      .normal =
          [](Host host, steppe_random random, const std::uint64_t* row_ids, float sigma, Out y) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.normal(key_of(random), ids(row_ids, y), sigma, of(y));
            });
          },
      .create =
          [](Host host, std::uint64_t rows, std::uint64_t columns, Out* out) {
            return on_queue(host, [&](auto&) { *out = self(host).scratch(rows, columns); });
          },
      .choose =
          [](Host host, In mask, In x, Out y) {
            return on_queue(host,
                            [&](compute::Queue& queue) { queue.restore(of(mask), of(x), of(y)); });
          },
      .adam_step =
          [](Host host, const steppe_adam* coefficients, In g, Out m, Out v, Out w) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.adam_step(adam_of(*coefficients), of(g), of(m), of(v), of(w));
            });
          },
      .signed_step =
          [](Host host, float a, In slope, In centre, float radius, Out y) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.signed_step(a, of(slope), centre ? of(centre) : compute::Tensor{}, radius,
                                of(y));
            });
          },
      .row_factors =
          [](Host host, steppe_row_factor kind, double a, In share, Out x) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.row_factors(factor_of(kind), a, share ? of(share) : compute::Tensor{}, of(x));
            });
          },
      .create_kept =
          [](Host host, In like, Out* out) {
            return on_queue(host, [&](auto&) { *out = self(host).keep_like(of(like)); });
          },
      .choose_smallest =
          [](Host host, In keys, In from, std::uint64_t count, Out chosen) {
            return on_queue(host, [&](compute::Queue& queue) {
              queue.choose_smallest(of(keys), of(from), count, of(chosen));
            });
          },
  };
  return table;
}

}  // namespace steppe::plugin
