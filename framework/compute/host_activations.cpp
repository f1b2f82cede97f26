// Activations and their derivatives.
#include "framework/compute/activation_functions.hpp"
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/spans.hpp"

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

template <class Function>
STEPPE_KERNEL void forward(Count n, float* y, const float* x, float p) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = Function::value(x[i], p);
}

/// What is left out is not in the loop; its pointers are any.
template <class Function, bool adds_row, bool keeps>
STEPPE_KERNEL void forward_keeping(Count n, float* y, float* x, float* derivative, const float* row,
                                   float p) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float at = adds_row ? x[i] + row[i] : x[i];
    if constexpr (adds_row) x[i] = at;
    y[i] = Function::value(at, p);
    if constexpr (keeps) derivative[i] = Function::first(at, p);
  }
}

template <class Function>
STEPPE_KERNEL void backward(Count n, float* dx, const float* x, const float* dy, float p) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) dx[i] = dy[i] * Function::first(x[i], p);
}

template <class Function>
STEPPE_KERNEL void backward_tangent(Count n, float* dx_tangent, const float* x,
                                    const float* x_tangent, const float* dy,
                                    const float* dy_tangent, float p) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i)
    dx_tangent[i] = dy_tangent[i] * Function::first(x[i], p) +
                    dy[i] * (Function::second(x[i], p) * x_tangent[i]);
}

/// `use(Function{})` with the function of `kind`.
template <class Use>
void with_function(Activation kind, const Use& use) {
  switch (kind) {
    case Activation::silu:
      return use(Silu{});
    case Activation::relu:
      return use(Relu{});
    case Activation::leaky_relu:
      return use(LeakyRelu{});
    case Activation::sigmoid:
      return use(Sigmoid{});
    case Activation::gelu:
      return use(Gelu{});
    case Activation::tanh:
      return use(Tanh{});
    case Activation::elu:
      return use(Elu{});
    case Activation::selu:
      return use(Selu{});
    case Activation::softplus:
      return use(Softplus{});
  }
}

}  // namespace

void activate(Activation kind, float slope, const View& x, const View& y) {
  with_function(kind, [&]<class Function>(Function) {
    for_each_span([=](Count n, float* to, const float* at) { forward<Function>(n, to, at, slope); },
                  y, x);
  });
}

void activate_keeping(Activation kind, float slope, const View& row, const View& x, const View& y,
                      const View& derivative) {
  const bool adds_row = row.data, keeps = derivative.data;
  if (!adds_row && !keeps) return activate(kind, slope, x, y);
  const View rows = adds_row ? repeated(row, x.rows) : x, kept = keeps ? derivative : y;
  with_function(kind, [&]<class Function>(Function) {
    const auto kernel = !adds_row ? forward_keeping<Function, false, true>
                        : keeps   ? forward_keeping<Function, true, true>
                                  : forward_keeping<Function, true, false>;
    for_each_span([=](Count n, auto... at) { kernel(n, at..., slope); }, y, x, kept, rows);
  });
}

void activate_backward(Activation kind, float slope, const View& x, const View& dy,
                       const View& dx) {
  with_function(kind, [&]<class Function>(Function) {
    for_each_span([=](Count n, float* to, const float* at,
                      const float* from) { backward<Function>(n, to, at, from, slope); },
                  dx, x, dy);
  });
}

void activate_second(Activation kind, float slope, const View& x, const View& x_tangent,
                     const View& dy, const View& dy_tangent, const View& dx_tangent) {
  with_function(kind, [&]<class Function>(Function) {
    for_each_span([=](Count n, float* to,
                      auto... from) { backward_tangent<Function>(n, to, from..., slope); },
                  dx_tangent, x, x_tangent, dy, dy_tangent);
  });
}

}  // namespace steppe::compute::host
