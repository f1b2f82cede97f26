#include "known_bugs.hpp"

namespace steppe::testing {

#if DNNL_VERSION_MAJOR < 3

namespace {

using Descriptor = dnnl::memory::desc;
using Layout = dnnl::memory::format_tag;

Descriptor matrix(dnnl::memory::dim rows, dnnl::memory::dim columns, Layout layout = Layout::ab) {
  return {{rows, columns}, dnnl::memory::data_type::f32, layout};
}

void softmax(const dnnl::engine& engine) {
  const dnnl::softmax_forward::desc wanted{dnnl::prop_kind::forward, matrix(128, 64), 1};
  dnnl::softmax_forward{{wanted, engine}};
}

void reorder(const dnnl::engine& engine, Layout to) {
  dnnl::reorder{{engine, matrix(128, 64), engine, matrix(128, 64, to)}};
}

void concatenation(const dnnl::engine& engine, dnnl::memory::dim columns) {
  const auto one = matrix(128, columns);
  dnnl::concat{{1, {one, one}, engine}};
}

void product_with(const dnnl::engine& engine, const dnnl::post_ops& after) {
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  dnnl::matmul{{{matrix(128, 64), matrix(64, 32), matrix(128, 32)}, attributes, engine}};
}

}  // namespace

void make_unused_primitives(Tasks& tasks, const dnnl::engine& engine) {
  tasks.run("softmax", [&] { softmax(engine); });
  tasks.run("change of layout", [&] { reorder(engine, Layout::ba); });
  tasks.run("copy on the device", [&] { reorder(engine, Layout::ab); });
  tasks.run("concatenation of odd columns", [&] { concatenation(engine, 3); });
  tasks.run("concatenation of 64 columns", [&] { concatenation(engine, 64); });
  tasks.run("product, then a row added", [&] {
    dnnl::post_ops after;
    after.append_binary(dnnl::algorithm::binary_add, matrix(1, 32));
    product_with(engine, after);
  });
  tasks.run("product, then an activation", [&] {
    dnnl::post_ops after;
    after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
    product_with(engine, after);
  });
}

#else

void make_unused_primitives(Tasks&, const dnnl::engine&) {}

#endif

}  // namespace steppe::testing
