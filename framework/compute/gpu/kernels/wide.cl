// Sums need more digits than a float has. `wide` is a double where the device has them, and else the
// unevaluated sum of two floats (Dekker, Numerische Mathematik 18 (1971) 224), good for 46 bits
// within the range of floats.
#ifdef STEPPE_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double wide;

wide widen(float x) { return x; }
wide widen_count(uint n) { return n; }
float narrow(wide x) { return (float)x; }
wide plus(wide x, wide y) { return x + y; }
wide minus(wide x, wide y) { return x - y; }
wide times(wide x, wide y) { return x * y; }
wide over(wide x, wide y) { return x / y; }
wide root(wide x) { return sqrt(x); }
wide magnitude_of(wide x) { return fabs(x); }
bool is_above(wide x, wide y) { return x > y; }
bool at_most(wide x, wide y) { return x <= y; }

#else
typedef float2 wide;

/// x + y exactly, where |x| >= |y|.
wide settle(float x, float y) {
  const float sum = x + y;
  return (wide)(sum, y - (sum - x));
}

/// x + y exactly.
wide exact_sum(float x, float y) {
  const float sum = x + y, share = sum - x;
  return (wide)(sum, (x - (sum - share)) + (y - share));
}

wide widen(float x) { return (wide)(x, 0.0f); }
/// Upper and lower bits apart: not every count is a float.
wide widen_count(uint n) { return settle((float)(n & ~4095u), (float)(n & 4095u)); }
float narrow(wide x) { return x.x; }

wide plus(wide x, wide y) {
  wide sum = exact_sum(x.x, y.x);
  const wide rest = exact_sum(x.y, y.y);
  sum = settle(sum.x, sum.y + rest.x);
  return settle(sum.x, sum.y + rest.y);
}

wide minus(wide x, wide y) { return plus(x, -y); }

wide times(wide x, wide y) {
  const float product = x.x * y.x;
  return settle(product, fma(x.x, y.x, -product) + (x.x * y.y + x.y * y.x));
}

/// Two steps of long division, and a third for the last bits.
wide over(wide x, wide y) {
  const float first = x.x / y.x;
  wide rest = minus(x, times(y, widen(first)));
  const float second = rest.x / y.x;
  rest = minus(rest, times(y, widen(second)));
  return plus(settle(first, second), widen(rest.x / y.x));
}

/// One step of Newton's from the float nearest to the root.
wide root(wide x) {
  const float start = sqrt(x.x);
  if (!(start > 0.0f)) return widen(start);
  const wide rest = minus(x, times(widen(start), widen(start)));
  return settle(start, rest.x / (2.0f * start));
}

wide magnitude_of(wide x) { return x.x < 0.0f ? -x : x; }

/// Of two pairs the upper parts decide, unless they are equal. NaN is in no order.
bool is_above(wide x, wide y) { return x.x > y.x || (x.x == y.x && x.y > y.y); }
bool at_most(wide x, wide y) { return x.x < y.x || (x.x == y.x && x.y <= y.y); }
#endif

#define LANES 16
#define GROUP 64

/// The sum over a work-group in a fixed tree, ((0+1)+(2+3))+...; the group's size is a power of two.
/// `room` has an entry for each of its work-items. All of them have to come here. The first adds all:
/// a group is small, and barriers stay out of loops.
wide group_sum(local wide *room, wide mine) {
  const uint me = get_local_id(0), size = get_local_size(0);
  room[me] = mine;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (me == 0)
    for (uint step = 1; step < size; step *= 2)
      for (uint i = 0; i < size; i += 2 * step) room[i] = plus(room[i], room[i + step]);
  barrier(CLK_LOCAL_MEM_FENCE);
  const wide sum = room[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum;
}

/// Rows are cut into shards as on the host (shards.hpp); shard s has rows [first, last).
#define MOST_SHARDS 16
#define SHARD_ROWS(s, first, last)                       \
  const uint first = (uint)((ulong)rows * (s) / shards), \
             last = (uint)((ulong)rows * ((s) + 1) / shards)

/// Entry i of `width` sums, each cut into shards, in the fixed tree.
wide shard_sum(global const wide *parts, uint shards, uint width, uint i) {
  wide sums[MOST_SHARDS];
  for (uint s = 0; s < shards; ++s) sums[s] = parts[s * width + i];
  for (uint step = 1; step < shards; step *= 2)
    for (uint s = 0; s + step < shards; s += 2 * step) sums[s] = plus(sums[s], sums[s + step]);
  return sums[0];
}

/// Column c and shard s of this work-item, one for each pair of them.
#define EACH_SHARD_OF_COLUMNS(c, s)                                           \
  const uint item = get_global_id(0), c = item % columns, s = item / columns; \
  if (s >= shards) return;                                                    \
  SHARD_ROWS(s, first, last)

/// Column c of this work-item.
#define EACH_COLUMN(c)             \
  const uint c = get_global_id(0); \
  if (c >= columns) return
