// Sums in a fixed order, which depends on the shape and on nothing else.

/// This group's part of the sum of x y. Parts interleave: neighbours read neighbouring memory.
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void steppe_dot_parts(
    TENSOR(x), SHAPE, TENSOR(y), global wide *parts) {
  local wide room[GROUP];
  wide sum = widen(0.0f);
  for (uint i = get_global_id(0); i < rows * columns; i += get_global_size(0)) {
    const uint r = i / columns, c = i % columns;
    if (is_value(blocks, c)) sum = plus(sum, times(widen(AT(x, r, c)), widen(AT(y, r, c))));
  }
  sum = group_sum(room, sum);
  if (get_local_id(0) == 0) parts[get_group_id(0)] = sum;
}

/// The sum of at most GROUP parts, and its root where that is asked for.
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void steppe_dot_total(
    global wide *parts, uint count, TENSOR(norm)) {
  local wide room[GROUP];
  const uint item = get_local_id(0);
  const wide sum = group_sum(room, item < count ? parts[item] : widen(0.0f));
  if (item != 0) return;
  parts[0] = sum;
  if (GIVEN(norm)) AT(norm, 0, 0) = narrow(root(sum));
}

/// A group of LANES for each row.
kernel __attribute__((reqd_work_group_size(LANES, 1, 1))) void steppe_row_norms(
    TENSOR(x), uint columns, TENSOR(out)) {
  local wide room[LANES];
  const uint r = get_group_id(0);
  wide sum = widen(0.0f);
  for (uint c = get_local_id(0); c < columns; c += LANES) {
    const wide value = widen(AT(x, r, c));
    sum = plus(sum, times(value, value));
  }
  sum = group_sum(room, sum);
  if (get_local_id(0) == 0) AT(out, r, 0) = narrow(root(sum));
}

KERNEL(column_parts)(TENSOR(x), uint rows, uint columns, uint shards, global wide *parts) {
  EACH_SHARD_OF_COLUMNS(c, s);
  wide sum = widen(0.0f);
  for (uint r = first; r < last; ++r) sum = plus(sum, widen(AT(x, r, c)));
  parts[s * columns + c] = sum;
}

KERNEL(column_totals)(TENSOR(out), uint columns, uint shards, global const wide *parts) {
  EACH_COLUMN(c);
  AT(out, 0, c) = narrow(shard_sum(parts, shards, columns, c));
}

/// Of centred squares, about the mean that `sums` give.
KERNEL(square_parts)(TENSOR(x), uint rows, uint columns, uint shards, global const wide *sums,
                     global wide *parts) {
  EACH_SHARD_OF_COLUMNS(c, s);
  const wide mean = over(shard_sum(sums, shards, columns, c), widen_count(rows));
  wide sum = widen(0.0f);
  for (uint r = first; r < last; ++r) {
    const wide away = minus(widen(AT(x, r, c)), mean);
    sum = plus(sum, times(away, away));
  }
  parts[s * columns + c] = sum;
}

/// The sum of |w| over a column, by one group; every work-item gets it.
wide sum_of_sizes(local wide *room, TENSOR(w), uint rows) {
  wide sum = widen(0.0f);
  for (uint r = get_local_id(0); r < rows; r += GROUP)
    sum = plus(sum, magnitude_of(widen(AT(w, r, 0))));
  return group_sum(room, sum);
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void steppe_weighted_mean(
    TENSOR(out), TENSOR(x), TENSOR(w), uint rows) {
  local wide room[GROUP];
  wide sum = widen(0.0f);
  for (uint r = get_local_id(0); r < rows; r += GROUP)
    sum = plus(sum, times(widen(AT(x, r, 0)), widen(AT(w, r, 0))));
  sum = group_sum(room, sum);
  const wide sizes = sum_of_sizes(room, w_buffer, w_start, w_stride, rows);
  if (get_local_id(0) == 0) AT(out, 0, 0) = narrow(over(sum, sizes));
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void steppe_normalise_weights(
    TENSOR(w), uint rows) {
  local wide room[GROUP];
  const wide sizes = sum_of_sizes(room, w_buffer, w_start, w_stride, rows);
  for (uint r = get_local_id(0); r < rows; r += GROUP)
    AT(w, r, 0) = narrow(over(widen(AT(w, r, 0)), sizes));
}

/// Running mean and variance (host_moments.cpp has the formulas); column_moments came before.
KERNEL(follow_moments)(TENSOR(mean), TENSOR(variance), TENSOR(factor), TENSOR(rows_seen), uint rows,
                       uint columns, uint shards, float most_rows, global const wide *sums,
                       global const wide *squares) {
  EACH_COLUMN(c);
  const float seen_before = AT(rows_seen, 0, 0);
  if (seen_before >= most_rows) return;
  const wide seen = widen(seen_before), batch = widen_count(rows), all = plus(seen, batch);
  const wide before = widen(AT(mean, 0, c));
  const wide away = minus(over(shard_sum(sums, shards, columns, c), batch), before);
  const wide sum = plus(plus(times(seen, widen(AT(variance, 0, c))),
                             shard_sum(squares, shards, columns, c)),
                        over(times(times(times(away, away), seen), batch), all));
  const wide share = over(sum, all), deviation = root(share);
  const float now = narrow(plus(before, over(times(away, batch), all)));
  AT(mean, 0, c) = now;
  AT(variance, 0, c) = narrow(share);
  const float size = narrow(deviation);
  const bool varies = size > 1e-6f * fabs(now) && size > 0.0f;
  AT(factor, 0, c) =
      varies ? narrow(over(widen(1.0f), plus(deviation, widen(1e-8f)))) : 1.0f;
}

KERNEL(count_rows)(TENSOR(rows_seen), uint rows, float most_rows) {
  const float seen = AT(rows_seen, 0, 0);
  if (get_global_id(0) == 0 && seen < most_rows)
    AT(rows_seen, 0, 0) = narrow(plus(widen(seen), widen_count(rows)));
}

/// Numbers that were given as sums of floats.
#define NUMBER(x) float x##_1, float x##_2, float x##_3
#define WIDE(x) plus(plus(widen(x##_1), widen(x##_2)), widen(x##_3))

/// x <- a number made of x, of another and of a share, which is 1 where it is not given.
#define ROW_FACTOR(name, formula)                                             \
  KERNEL(name)(TENSOR(x), uint rows, TENSOR(share), NUMBER(a)) {              \
    const uint r = get_global_id(0);                                          \
    if (r >= rows) return;                                                    \
    const wide of = widen(AT(x, r, 0)), with = WIDE(a), one = widen(1.0f);    \
    const wide part = GIVEN(share) ? widen(AT(share, r, 0)) : one;            \
    AT(x, r, 0) = formula;                                                    \
  }

/// Of x + a; 0 where it is smaller than any normal float, and where it is no number.
wide inverse_of(wide x) {
  return at_most(widen(FLT_MIN), x) ? over(widen(1.0f), x) : widen(0.0f);
}

ROW_FACTOR(inverse, narrow(times(part, inverse_of(plus(of, with)))))
ROW_FACTOR(shrink, at_most(of, with) ? 1.0f : narrow(over(with, of)))
ROW_FACTOR(inside, at_most(of, with) ? 1.0f : 0.0f)

/// y <- y norm / |y| where |y| is larger; `sum` is that of all squares.
KERNEL(clip)(TENSOR(y), SHAPE, global const wide *sum, NUMBER(norm)) {
  EACH(r, c);
  const wide length = root(sum[0]), most = WIDE(norm);
  if (is_above(length, most)) AT(y, r, c) *= narrow(over(most, length));
}
