// The smallest of many: small kernels one after the other, of which none waits inside a group.
#include "framework/compute/checks.hpp"
#include "framework/compute/gpu/queue.hpp"

#include <algorithm>

namespace steppe::compute::gpu {

namespace {

/// As in kernels/selection.cl.
constexpr std::size_t bins_of_a_digit = 256;
/// One work-item adds up what the parts have: not too many of them.
constexpr std::size_t most_parts = 1024;

}  // namespace

void GpuQueue::choose_smallest(const Tensor& keys, const Tensor& from, std::size_t most,
                               const Tensor& chosen) {
  require_same_shape("choose_smallest", keys, chosen);
  require_same_shape("choose_smallest", from, chosen);
  const std::size_t entries = chosen.rows * chosen.columns;
  if (entries == 0) return;
  const cl_mem bins = first_.get(bins_of_a_digit * sizeof(cl_uint));
  const cl_mem last = second_.get(2 * sizeof(cl_uint));
  launcher_.run("selection.clear", Grid::of(bins_of_a_digit), bins, last,
                count(std::min(most, entries)));
  for (const cl_uint shift : {24U, 16U, 8U, 0U}) {
    launcher_.run("selection.tally", Grid::of(chosen), keys, Shape{chosen}, from, bins, last,
                  shift);
    launcher_.run("selection.find_digit", Grid::of(1), bins, last);
  }
  const std::size_t length = aligned((entries + most_parts - 1) / most_parts);
  const std::size_t parts = (entries + length - 1) / length;
  const cl_mem ties = third_.get(most_parts * sizeof(cl_uint));
  launcher_.run("selection.count_ties", Grid::of(parts), keys, Shape{chosen}, from, last,
                count(parts), count(length), ties);
  launcher_.run("selection.sum_ties", Grid::of(1), ties, count(parts));
  launcher_.run("selection.mark", Grid::of(parts), chosen, Shape{chosen}, keys, from, last,
                count(parts), count(length), ties);
}

}  // namespace steppe::compute::gpu
