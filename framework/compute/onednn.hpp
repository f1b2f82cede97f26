// The little of oneDNN that Steppe uses, in words that hold for 2.6 and for 3.x.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace steppe::compute::onednn {

/// A product of two matrices, by default c <- a b; `attributes` may add to c.
inline dnnl::matmul::primitive_desc matmul(const dnnl::engine& engine, const dnnl::memory::desc& a,
                                           const dnnl::memory::desc& b, const dnnl::memory::desc& c,
                                           const dnnl::primitive_attr& attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, a, b, c, attributes};
#else
  return {{a, b, c}, attributes, engine};
#endif
}

}  // namespace steppe::compute::onednn
