// The little of oneDNN that Steppe uses, in words that hold for 2.6 and for 3.x.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace steppe::compute::onednn {

/// Those it makes use of here, as in `dnnl::cpu_isa`; elsewhere than on x86-64 its bits mean
/// something else than their names, so there is none.
inline unsigned instruction_sets() {
#if defined(__x86_64__)
  return static_cast<unsigned>(dnnl::get_effective_cpu_isa());
#else
  return 0;
#endif
}

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
