// What all kernels share. In front of every program; OpenCL C 1.2.
//
// Arithmetic is that of the host's kernels (framework/compute/host_*.cpp), step by step: products and
// sums are not contracted, division and square root round correctly, subnormal numbers count as zero.
#pragma OPENCL FP_CONTRACT OFF

/// A tensor: its buffer, where it starts, and how far apart its rows are, in floats. A stride of 0
/// is one row used for every row. Empty tensors have no buffer.
#define TENSOR(x) global float *x##_buffer, uint x##_start, uint x##_stride
#define INDEX(x, r, c) (x##_start + (r) * x##_stride + (c))
#define AT(x, r, c) x##_buffer[INDEX(x, r, c)]
#define GIVEN(x) (x##_buffer != 0)
#define OR_ZERO(x, r, c) (GIVEN(x) ? AT(x, r, c) : 0.0f)

/// Copying keeps all bits, so it moves integers.
#define BITS(x, r, c) ((global uint *)x##_buffer)[INDEX(x, r, c)]

/// The shape of a result; of a flat buffer also what each 64 floats hold: how many values lie before
/// them (x), and how many of them are values (y). The others are padding.
#define SHAPE uint rows, uint columns, global const uint2 *blocks
#define BLOCK 64

bool is_value(global const uint2 *blocks, uint c) {
  return blocks == 0 || c % BLOCK < blocks[c / BLOCK].y;
}

/// Row r and column c of this work-item, one for each value of the result.
#define EACH(r, c)                                                            \
  const uint item = get_global_id(0), r = item / columns, c = item % columns; \
  if (r >= rows || !is_value(blocks, c)) return

/// The name under which the host finds a kernel: some operations are called as built-in functions.
#define KERNEL(name) kernel void steppe_##name
