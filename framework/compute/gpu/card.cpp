#include "framework/compute/gpu/card.hpp"

#include "framework/compute/rooms.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl_ocl.hpp>

namespace steppe::compute::gpu {

namespace {

std::string library() {
  const auto* version = dnnl::version();
  return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
}

dnnl::engine engine_of(std::size_t index) {
  try {
    return dnnl::engine{dnnl::engine::kind::gpu, index};
  } catch (const std::exception& error) {  // its code generator throws past its own error type
    throw DeviceError{fmt::format(
        "{} does not take the GPU '{}' ({}): its driver is too new or too old for this version of "
        "oneDNN; try another version of the driver, or use 'cpu'",
        library(), gpu_model(index), error.what())};
  }
}

std::string describe(cl_device_id device, bool doubles, const Products& products) {
  auto text =
      fmt::format("{}, OpenCL {} {}, sums in {}", library(), text_of(device, CL_DEVICE_NAME),
                  text_of(device, CL_DRIVER_VERSION), doubles ? "double" : "pairs of floats");
  if (!products.trouble().empty())
    text += fmt::format(", products by a kernel of Steppe's own: oneDNN makes none here ({})",
                        products.trouble());
  return text;
}

/// What is told where a device has no memory left.
std::string room_for(std::size_t bytes, const dnnl::engine& engine) {
  const auto all =
      fact_of<cl_ulong>(dnnl::ocl_interop::get_device(engine), CL_DEVICE_GLOBAL_MEM_SIZE);
  return fmt::format("make room for {} bytes, of {} MB in all; use a smaller batch, or 'cpu'",
                     bytes, all / 1'000'000);
}

/// Two numbers for each `alignment` floats: values before them, and values among them.
std::vector<std::array<cl_uint, 2>> blocks_of(const SegmentTable& table) {
  std::vector<std::array<cl_uint, 2>> blocks(table.floats() / alignment);
  std::size_t before = 0;
  for (const Segment& part : table.segments()) {
    for (std::size_t done = 0; done < part.size(); done += alignment)
      blocks[(part.offset + done) / alignment] = {
          static_cast<cl_uint>(before + done),
          static_cast<cl_uint>(std::min(part.size() - done, alignment))};
    before += part.size();
  }
  return blocks;
}

}  // namespace

Card& Card::open(std::size_t index) {
  static std::mutex mutex;
  static auto* cards = new std::map<std::size_t, Card*>;
  const std::lock_guard lock{mutex};
  const auto found = cards->find(index);
  if (found != cards->end()) return *found->second;
  return *cards->emplace(index, new Card{index}).first->second;
}

Card::Card(std::size_t index)
    : engine_{engine_of(index)},
      stream_{engine_},
      context_{dnnl::ocl_interop::get_context(engine_)},
      programs_{context_, dnnl::ocl_interop::get_device(engine_), kernel_cache()},
      products_{engine_},
      description_{
          describe(dnnl::ocl_interop::get_device(engine_), programs_.doubles(), products_)} {}

Owned<cl_mem> Card::room(std::size_t bytes) const {
  cl_int status = CL_SUCCESS;
  Owned<cl_mem> memory{clCreateBuffer(context_, CL_MEM_READ_WRITE, bytes, nullptr, &status)};
  if (status != CL_SUCCESS) require(status, room_for(bytes, engine_));
  return memory;
}

Owned<cl_mem> Card::zeros(std::size_t bytes) {
  auto memory = room(bytes);
  const cl_uint zero = 0;
  const std::lock_guard lock{mutex_};
  const auto queue = dnnl::ocl_interop::get_command_queue(stream_);
  cl_int status =
      clEnqueueFillBuffer(queue, memory.get(), &zero, sizeof zero, 0, bytes, 0, nullptr, nullptr);
  // Many drivers look for the memory only now.
  if (status == CL_SUCCESS) status = clFinish(queue);
  if (status != CL_SUCCESS) require(status, room_for(bytes, engine_));
  return memory;
}

Owned<cl_mem> Card::copy_of(const void* data, std::size_t bytes) const {
  cl_int status = CL_SUCCESS;
  Owned<cl_mem> memory{clCreateBuffer(context_, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, bytes,
                                      const_cast<void*>(data), &status)};
  require(status, fmt::format("take {} bytes from the host", bytes));
  return memory;
}

cl_mem Card::blocks(const std::shared_ptr<const SegmentTable>& table) {
  if (!table || table->floats() == 0) return nullptr;
  const std::lock_guard lock{mutex_};
  const auto found = blocks_.find(table.get());
  if (found != blocks_.end() && !found->second.table.expired()) return found->second.memory.get();
  std::erase_if(blocks_, [](const auto& entry) { return entry.second.table.expired(); });
  const auto blocks = blocks_of(*table);
  auto memory = copy_of(blocks.data(), blocks.size() * sizeof blocks.front());
  return blocks_.emplace(table.get(), Blocks{table, std::move(memory)}).first->second.memory.get();
}

}  // namespace steppe::compute::gpu
