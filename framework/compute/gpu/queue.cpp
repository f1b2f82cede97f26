// What is between host and device, and products.
#include "framework/compute/gpu/queue.hpp"

#include "framework/compute/checks.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>
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

void GpuQueue::wait() { require(clFinish(queue_), "finish"); }

View GpuQueue::map(const Tensor& tensor) {
  require_own(*device_, tensor);
  wait();
  return {storage_of(tensor).map(queue_) + tensor.offset, tensor.rows, tensor.columns,
          tensor.stride, tensor.segments.get()};
}

void GpuQueue::unmap(const Tensor& tensor) { storage_of(tensor).unmap(queue_); }

void GpuQueue::gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) {
  require_gather(from, rows, to);
  require_own(*device_, to);
  require_unmapped(storage_of(to).mapped());
  if (to.rows == 0 || to.columns == 0) return;
  std::vector<float> packed(to.rows * to.columns);
  const std::size_t bytes = to.columns * sizeof(float);
  for (std::size_t r = 0; r < to.rows; ++r)
    std::memcpy(packed.data() + r * to.columns, from.row(rows[r]), bytes);
  const std::size_t start[] = {to.offset * sizeof(float), 0, 0}, host[] = {0, 0, 0};
  const std::size_t region[] = {bytes, to.rows, 1};
  require(clEnqueueWriteBufferRect(queue_, memory_of(to), CL_TRUE, start, host, region,
                                   to.stride * sizeof(float), 0, bytes, 0, packed.data(), 0,
                                   nullptr, nullptr),
          "take rows from the host");
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
