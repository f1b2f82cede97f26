// Matrix products by oneDNN on its OpenCL engine.
//
// Plain layouts and no post-operations: on this stack, layout changes abort the process and
// post-operations with a tensor cannot be made (docs/gpu.md). What a product is added to, a kernel
// of ours adds.
#pragma once

#include "framework/compute/gpu/opencl.hpp"

#include <memory>
#include <string>

#include <oneapi/dnnl/dnnl.hpp>

namespace steppe::compute::gpu {

/// Memory of one queue for what a primitive needs while it runs.
class Workspace {
 public:
  virtual ~Workspace() = default;
  /// At least this much. What it held may be gone.
  virtual cl_mem get(std::size_t bytes) = 0;
};

/// The products one engine has met so far, each made once a shape and kept. [any thread]
class Products {
 public:
  /// Tries whether it can make one.
  explicit Products(dnnl::engine engine);
  ~Products();

  /// Why oneDNN makes none here, or "". Drivers since 2023 write programs in another format than
  /// its code generator knew before 3.0.
  const std::string& trouble() const { return trouble_; }

  /// Whether oneDNN can take operands that start here: a buffer inside a buffer has to be aligned.
  /// None can be taken where there is trouble.
  bool takes(const Tensor& tensor) const;

  /// c <- a b with at most one operand read transposed, submitted to `stream`; all of them are
  /// taken. @throws DeviceError
  void run(dnnl::stream& stream, Workspace& workspace, const Tensor& a, const Tensor& b,
           const Tensor& c, Transpose transpose);

 private:
  struct Primitives;
  std::unique_ptr<Primitives> primitives_;
  dnnl::engine engine_;
  std::size_t alignment_;  // in floats
  std::string trouble_;
};

}  // namespace steppe::compute::gpu
