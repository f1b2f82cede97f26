#include "framework/compute/gpu/products.hpp"

#include "framework/compute/gpu/storage.hpp"
#include "framework/compute/onednn.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl_ocl.hpp>

namespace steppe::compute::gpu {

namespace {

using Dimension = dnnl::memory::dim;

/// What a primitive is made for.
struct Product {
  Dimension rows, inner, columns;  ///< c: rows x columns; the sum runs over `inner`
  Dimension a_stride, b_stride, c_stride;
  Transpose transpose;

  auto operator<=>(const Product&) const = default;
};

Product product(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose) {
  const auto dimension = [](std::size_t value) { return static_cast<Dimension>(value); };
  return {dimension(c.rows),
          dimension(transpose == Transpose::first ? a.rows : a.columns),
          dimension(c.columns),
          dimension(a.stride),
          dimension(b.stride),
          dimension(c.stride),
          transpose};
}

dnnl::memory::desc matrix(Dimension rows, Dimension columns, Dimension stride, bool transposed) {
  const dnnl::memory::dims strides =
      transposed ? dnnl::memory::dims{1, stride} : dnnl::memory::dims{stride, 1};
  return {{rows, columns}, dnnl::memory::data_type::f32, strides};
}

struct Primitive {
  Primitive(const dnnl::engine& engine, const Product& p)
      : a{matrix(p.rows, p.inner, p.a_stride, p.transpose == Transpose::first)},
        b{matrix(p.inner, p.columns, p.b_stride, p.transpose == Transpose::second)},
        c{matrix(p.rows, p.columns, p.c_stride, false)} {
    dnnl::primitive_attr attributes;
    // The library's own scratchpad is shared between streams: silently wrong results.
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    attributes.set_fpmath_mode(dnnl::fpmath_mode::strict);
    const auto description = onednn::matmul(engine, a, b, c, attributes);
    scratchpad = description.scratchpad_desc();
    matmul = dnnl::matmul{description};
  }

  dnnl::memory::desc a, b, c, scratchpad;
  dnnl::matmul matmul;
};

/// A tensor's part of its buffer, as a buffer.
Owned<cl_mem> part_of(const Tensor& tensor) {
  const std::size_t floats = (tensor.rows - 1) * tensor.stride + tensor.columns;
  const cl_buffer_region region{tensor.offset * sizeof(float), floats * sizeof(float)};
  cl_int status = CL_SUCCESS;
  Owned<cl_mem> part{clCreateSubBuffer(memory_of(tensor), CL_MEM_READ_WRITE,
                                       CL_BUFFER_CREATE_TYPE_REGION, &region, &status)};
  require(status, "give a part of a tensor to oneDNN");
  return part;
}

}  // namespace

struct Products::Primitives {
  std::mutex mutex;
  std::map<Product, Primitive> made;
};

Products::Products(dnnl::engine engine)
    : primitives_{std::make_unique<Primitives>()}, engine_{std::move(engine)} {
  constexpr std::size_t bits = 8 * sizeof(float);
  const auto device = dnnl::ocl_interop::get_device(engine_);
  alignment_ =
      std::max<std::size_t>(fact_of<cl_uint>(device, CL_DEVICE_MEM_BASE_ADDR_ALIGN) / bits, 1);
  try {
    constexpr Dimension few = 16;
    const Primitive tried{engine_, {few, few, few, few, few, few, Transpose::none}};
  } catch (const std::exception& error) {
    trouble_ = error.what();
  }
}
Products::~Products() = default;

bool Products::takes(const Tensor& tensor) const {
  return trouble_.empty() && tensor.offset % alignment_ == 0;
}

void Products::run(dnnl::stream& stream, Workspace& workspace, const Tensor& a, const Tensor& b,
                   const Tensor& c, Transpose transpose) {
  const Product wanted = product(a, b, c, transpose);
  try {
    // Also while it is submitted: arguments are set in the primitive's one kernel.
    const std::lock_guard lock{primitives_->mutex};
    const Primitive& primitive =
        primitives_->made.try_emplace(wanted, engine_, wanted).first->second;
    const auto left = part_of(a), right = part_of(b), to = part_of(c);
    const auto at = [&](const dnnl::memory::desc& shape, cl_mem memory) {
      return dnnl::ocl_interop::make_memory(shape, engine_, memory);
    };
    const cl_mem scratch = workspace.get(std::max<std::size_t>(primitive.scratchpad.get_size(), 1));
    primitive.matmul.execute(stream, {{DNNL_ARG_SRC, at(primitive.a, left.get())},
                                      {DNNL_ARG_WEIGHTS, at(primitive.b, right.get())},
                                      {DNNL_ARG_DST, at(primitive.c, to.get())},
                                      {DNNL_ARG_SCRATCHPAD, at(primitive.scratchpad, scratch)}});
  } catch (const DeviceError&) {
    throw;
  } catch (const std::exception& error) {  // its code generator throws past its own error type
    throw DeviceError{fmt::format("oneDNN failed on 'gpu' at a product of {} x {} by {} x {}: {}",
                                  wanted.rows, wanted.inner, wanted.inner, wanted.columns,
                                  error.what())};
  }
}

}  // namespace steppe::compute::gpu
