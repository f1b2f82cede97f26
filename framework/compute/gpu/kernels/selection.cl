// The entries with the smallest keys. The last key that is chosen is found digit by digit, each of 8
// bits: the candidates that share the digits found so far are counted by their next one. Of the
// candidates that have this very key the first are chosen. Only whole numbers are counted, so it does
// not matter which comes first; and no work-item waits for another, since some compilers fail at
// that (docs/gpu.md).
#define BINS 256

/// A whole number in the order of floats: -0 is 0, and what is no number comes last.
uint in_order(uint bits) {
  const uint size = bits & 0x7FFFFFFFu;
  if (size > 0x7F800000u) return 0xFFFFFFFFu;
  return bits >> 31 != 0 ? 0x80000000u - size : 0x80000000u + size;
}

#define KEY(r, c) in_order(BITS(keys, r, c))
#define IS_CANDIDATE(r, c) (AT(from, r, c) != 0.0f)

/// The digits of the last key that is chosen, as far as they are known, and how many of the
/// candidates that share them are chosen.
#define LAST(x) global x uint *last
#define DIGITS last[0]
#define LEFT last[1]

KERNEL(clear)(global uint *bins, LAST(), uint most) {
  const uint item = get_global_id(0);
  if (item < BINS) bins[item] = 0;
  if (item != 0) return;
  DIGITS = 0;
  LEFT = most;
}

KERNEL(tally)(TENSOR(keys), SHAPE, TENSOR(from), global uint *bins, LAST(const), uint shift) {
  EACH(r, c);
  if (!IS_CANDIDATE(r, c)) return;
  const uint key = KEY(r, c) >> shift;
  if (key / BINS == DIGITS) atomic_inc(bins + key % BINS);
}

/// One more digit. The bins are empty again.
KERNEL(find_digit)(global uint *bins, LAST()) {
  if (get_global_id(0) != 0) return;
  uint digit = 0, left = LEFT;
  for (; digit < BINS - 1 && bins[digit] < left; ++digit) left -= bins[digit];
  DIGITS = DIGITS * BINS + digit;
  LEFT = left;
  for (uint bin = 0; bin < BINS; ++bin) bins[bin] = 0;
}

/// A work-item for each part: `length` entries that follow each other.
#define PARTS uint parts, uint length
#define OWN_PART(part, first, end)                           \
  const uint part = get_global_id(0), first = part * length; \
  if (part >= parts) return;                                 \
  const uint end = min(first + length, rows * columns)

/// ties[part] <- how many candidates of the part have the last key that is chosen.
KERNEL(count_ties)(TENSOR(keys), SHAPE, TENSOR(from), LAST(const), PARTS, global uint *ties) {
  OWN_PART(part, first, end);
  uint number = 0;
  for (uint item = first; item < end; ++item) {
    const uint r = item / columns, c = item % columns;
    if (is_value(blocks, c) && IS_CANDIDATE(r, c) && KEY(r, c) == DIGITS) ++number;
  }
  ties[part] = number;
}

/// ties[part] <- how many there are in all parts before it.
KERNEL(sum_ties)(global uint *ties, uint parts) {
  if (get_global_id(0) != 0) return;
  uint before = 0;
  for (uint part = 0; part < parts; ++part) {
    const uint here = ties[part];
    ties[part] = before;
    before += here;
  }
}

KERNEL(mark)(TENSOR(chosen), SHAPE, TENSOR(keys), TENSOR(from), LAST(const), PARTS,
             global const uint *ties) {
  OWN_PART(part, first, end);
  uint before = ties[part];
  for (uint item = first; item < end; ++item) {
    const uint r = item / columns, c = item % columns;
    if (!is_value(blocks, c)) continue;
    const bool candidate = IS_CANDIDATE(r, c);
    const uint key = KEY(r, c);
    const bool equal = candidate && key == DIGITS;
    const bool is_chosen = equal ? before < LEFT : candidate && key < DIGITS;
    AT(chosen, r, c) = is_chosen ? 1.0f : 0.0f;
    before += equal ? 1 : 0;
  }
}
