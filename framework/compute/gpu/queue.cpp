// What is between host and device, and products.
#include "framework/compute/gpu/queue.hpp"

#include "framework/compute/checks.hpp"

#include <cstring>
#include <vector>

#include <oneapi/dnnl/dnnl_ocl.hpp>

namespace steppe::compute::gpu {

cl_mem Scratch::get(std::size_t bytes) {
  if (bytes > bytes_) {
    memory_ = card_.room(bytes);
    bytes_ = bytes;
  }
  return memory_.get();
}

GpuQueue::GpuQueue(std::shared_ptr<Device> device, Card& card)
    : device_{std::move(device)},
      card_{card},
      stream_{card.engine(), dnnl::stream::flags::in_order},
      queue_{dnnl::ocl_interop::get_command_queue(stream_)},
      launcher_{*device_, card, queue_},
      first_{card},
      second_{card},
      third_{card},
      fourth_{card},
      of_products_{card} {}

void GpuQueue::wait() {
  ++traffic_.waits;
  require(clFinish(queue_), "finish");
}

View GpuQueue::map(const Tensor& tensor) {
  require_own(*device_, tensor);
  wait();
  if (!storage_of(tensor).mapped()) traffic_.down += storage_of(tensor).bytes();
  return {storage_of(tensor).map(queue_) + tensor.offset, tensor.rows, tensor.columns,
          tensor.stride, tensor.segments.get()};
}

void GpuQueue::unmap(const Tensor& tensor) {
  auto& storage = storage_of(tensor);
  storage.unmap(queue_);
  if (storage.mapped()) return;
  ++traffic_.waits;
  traffic_.up += storage.bytes();
}

template <class Make>
void GpuQueue::stage(const Tensor& to, const Make& make) {
  require_own(*device_, to);
  require_unmapped(storage_of(to).mapped());
  bool waited = false;
  float* rows = storage_of(to).stage(to.rows * to.columns, waited);
  traffic_.turns += waited ? 1 : 0;
  traffic_.up += to.rows * to.columns * sizeof(float);
  make(View{rows, to.rows, to.columns, to.columns, to.segments.get()});
}

namespace {

/// What the host has is read at once: it may be gone when the device comes to it.
auto packing(HostMatrix from, std::span<const std::uint32_t> rows) {
  return [=](const View& to) {
    for (std::size_t r = 0; r < to.rows; ++r)
      std::memcpy(to.row(r), from.row(rows[r]), to.columns * sizeof(float));
  };
}

bool is_empty(const Tensor& tensor) { return tensor.rows == 0 || tensor.columns == 0; }

}  // namespace

void GpuQueue::gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) {
  require_gather(from, rows, to);
  if (is_empty(to)) return;
  stage(to, packing(from, rows));
  storage_of(to).send(queue_, to, nullptr);
}

void GpuQueue::write(const std::function<void(const View&)>& make, const Tensor& to) {
  if (is_empty(to)) return;
  stage(to, make);
  storage_of(to).send(queue_, to, nullptr);
}

void GpuQueue::gather_ahead(HostMatrix from, std::span<const std::uint32_t> rows,
                            const Tensor& to) {
  require_gather(from, rows, to);
  if (is_empty(to)) return;
  if (!ahead_) ahead_ = card_.queue();
  stage(to, packing(from, rows));
  cl_event submitted = nullptr;
  require(clEnqueueMarkerWithWaitList(queue_, 0, nullptr, &submitted), "mark what was submitted");
  const Owned<cl_event> before{submitted};
  arrivals_.push_back(storage_of(to).send(ahead_.get(), to, submitted));
  // One queue waits for the other, so both have to be on their way.
  require(clFlush(queue_), "begin what was submitted");
  require(clFlush(ahead_.get()), "begin to take rows from the host");
}

void GpuQueue::join() {
  if (arrivals_.empty()) return;
  std::vector<cl_event> events;
  for (const auto& arrival : arrivals_) events.push_back(arrival.get());
  require(clEnqueueBarrierWithWaitList(queue_, count(events.size()), events.data(), nullptr),
          "wait for rows from the host");
  arrivals_.clear();
}

Owned<cl_mem> GpuQueue::sent(std::span<const std::uint64_t> row_ids) {
  traffic_.up += row_ids.size_bytes();
  return card_.copy_of(row_ids.data(), row_ids.size_bytes());
}

void GpuQueue::matmul(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose,
                      MatmulOptions how) {
  require_product(a, b, c, transpose);
  for (const Tensor* tensor : {&a, &b, &c}) {
    require_own(*device_, *tensor);
    require_unmapped(storage_of(*tensor).mapped());
  }
  if (c.rows == 0 || c.columns == 0) return;
  if (!how.accumulate) return product(a, b, c, transpose);
  if (!sum_ || sum_->floats() < c.rows * c.columns) sum_ = device_->allocate(c.rows * c.columns);
  const Tensor sum{sum_, 0, c.rows, c.columns, c.columns, nullptr};
  product(a, b, sum, transpose);
  axpy(1.0F, sum, c);
}

void GpuQueue::product(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose) {
  auto& products = card_.products();
  if (products.takes(a) && products.takes(b) && products.takes(c))
    return products.run(stream_, of_products_, a, b, c, transpose);
  const bool first = transpose == Transpose::first, second = transpose == Transpose::second;
  const auto step = [](const Tensor& tensor, bool down) { return count(down ? tensor.stride : 1); };
  launcher_.run("matmul.matmul", Grid::tiles(c), memory_of(a), count(a.offset), step(a, !first),
                step(a, first), memory_of(b), count(b.offset), step(b, !second), step(b, second), c,
                count(c.rows), count(first ? a.rows : a.columns), count(c.columns));
}

}  // namespace steppe::compute::gpu
