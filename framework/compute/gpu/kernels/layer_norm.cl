// Layer normalisation, its gradient and the tangents of both; formulas in host_layer_norm.cpp. What a
// row's values share is made first, by a group of LANES for each row, in pairs: mean and inverse
// deviation; then <f> and <f h> for each f whose means are needed.

#define H(r, c) ((AT(x, r, c) - at[r].x) * at[r].y)
/// h' where x' has the means `along`.
#define MOVED_H(r, c) \
  (at[r].y * (OR_ZERO(x_tangent, r, c) - along[r].x - H(r, c) * along[r].y))
#define G(r, c) (AT(gamma, 0, c) * AT(dy, r, c))
#define MOVED_G(r, c) \
  (OR_ZERO(gamma_tangent, 0, c) * AT(dy, r, c) + AT(gamma, 0, c) * AT(dy_tangent, r, c))

#define ROW_KERNEL(name) \
  kernel __attribute__((reqd_work_group_size(LANES, 1, 1))) void steppe_##name
#define MY_COLUMNS(c) uint c = get_local_id(0); c < columns; c += LANES

ROW_KERNEL(layer_norm_statistics)(TENSOR(x), uint columns, float epsilon, global float2 *at) {
  local wide room[LANES];
  const uint r = get_group_id(0);
  const wide count = widen_count(columns);
  wide sum = widen(0.0f);
  for (MY_COLUMNS(c)) sum = plus(sum, widen(AT(x, r, c)));
  const wide mean = over(group_sum(room, sum), count);
  wide squares = widen(0.0f);
  for (MY_COLUMNS(c)) {
    const wide away = minus(widen(AT(x, r, c)), mean);
    squares = plus(squares, times(away, away));
  }
  const wide variance = over(group_sum(room, squares), count);
  if (get_local_id(0) == 0)
    at[r] = (float2)(narrow(mean),
                     narrow(over(widen(1.0f), root(plus(variance, widen(epsilon))))));
}

/// A kernel that writes <plain> and <with_h> of each row.
#define MEANS(plain_term, with_h_term, to)                      \
  local wide room[LANES];                                       \
  const uint r = get_group_id(0);                               \
  wide plain = widen(0.0f), with_h = widen(0.0f);               \
  for (MY_COLUMNS(c)) {                                         \
    plain = plus(plain, widen(plain_term));                     \
    with_h = plus(with_h, widen(with_h_term));                  \
  }                                                             \
  plain = group_sum(room, plain);                               \
  with_h = group_sum(room, with_h);                             \
  const wide count = widen_count(columns);                      \
  if (get_local_id(0) == 0)                                     \
  to[r] = (float2)(narrow(over(plain, count)), narrow(over(with_h, count)))

ROW_KERNEL(layer_norm_means_of_direction)(TENSOR(x), uint columns, global const float2 *at,
                                          TENSOR(x_tangent), global float2 *along) {
  MEANS(OR_ZERO(x_tangent, r, c), OR_ZERO(x_tangent, r, c) * H(r, c), along);
}

ROW_KERNEL(layer_norm_means_of_gradient)(TENSOR(x), uint columns, global const float2 *at,
                                         TENSOR(gamma), TENSOR(dy), global float2 *slopes) {
  MEANS(G(r, c), G(r, c) * H(r, c), slopes);
}

ROW_KERNEL(layer_norm_means_of_moved_gradient)(TENSOR(x), uint columns, global const float2 *at,
                                               TENSOR(gamma), TENSOR(gamma_tangent),
                                               TENSOR(x_tangent), global const float2 *along,
                                               TENSOR(dy), TENSOR(dy_tangent),
                                               global float2 *moved) {
  MEANS(MOVED_G(r, c), MOVED_G(r, c) * H(r, c) + G(r, c) * MOVED_H(r, c), moved);
}

KERNEL(layer_norm_apply)(TENSOR(y), SHAPE, TENSOR(x), global const float2 *at, TENSOR(gamma),
                         TENSOR(beta)) {
  EACH(r, c);
  AT(y, r, c) = AT(gamma, 0, c) * H(r, c) + AT(beta, 0, c);
}

KERNEL(layer_norm_backward)(TENSOR(dx), SHAPE, TENSOR(x), global const float2 *at, TENSOR(gamma),
                            TENSOR(dy), global const float2 *slopes) {
  EACH(r, c);
  AT(dx, r, c) = at[r].y * (G(r, c) - slopes[r].x - H(r, c) * slopes[r].y);
}

/// Two sums a column: of dy, of dy h.
KERNEL(layer_norm_parts)(TENSOR(x), uint rows, uint columns, uint shards, global const float2 *at,
                         TENSOR(dy), global wide *parts) {
  EACH_SHARD_OF_COLUMNS(c, shard);
  wide plain = widen(0.0f), with_h = plain;
  for (uint r = first; r < last; ++r) {
    const wide slope = widen(AT(dy, r, c));
    plain = plus(plain, slope);
    with_h = plus(with_h, times(slope, widen(H(r, c))));
  }
  parts += 2 * shard * columns + c;
  parts[0] = plain;
  parts[columns] = with_h;
}

KERNEL(layer_norm_tangent)(TENSOR(moved), SHAPE, TENSOR(x), global const float2 *at,
                           TENSOR(x_tangent), global const float2 *along, TENSOR(gamma),
                           TENSOR(gamma_tangent), TENSOR(beta_tangent)) {
  EACH(r, c);
  AT(moved, r, c) = OR_ZERO(gamma_tangent, 0, c) * H(r, c) + AT(gamma, 0, c) * MOVED_H(r, c) +
                    OR_ZERO(beta_tangent, 0, c);
}

KERNEL(layer_norm_backward_tangent)(TENSOR(to), SHAPE, TENSOR(x), global const float2 *at,
                                    TENSOR(x_tangent), global const float2 *along, TENSOR(gamma),
                                    TENSOR(gamma_tangent), TENSOR(dy), TENSOR(dy_tangent),
                                    global const float2 *slopes, global const float2 *moved) {
  EACH(r, c);
  const float h = H(r, c), change = -at[r].y * along[r].y;
  const float rest =
      MOVED_G(r, c) - moved[r].x - MOVED_H(r, c) * slopes[r].y - h * moved[r].y;
  AT(to, r, c) = at[r].y * (change * (G(r, c) - slopes[r].x - h * slopes[r].y) + rest);
}

/// Two sums a column: of dy', of dy' h + dy h'.
KERNEL(layer_norm_moved_parts)(TENSOR(x), uint rows, uint columns, uint shards,
                               global const float2 *at, TENSOR(x_tangent),
                               global const float2 *along, TENSOR(dy), TENSOR(dy_tangent),
                               global wide *parts) {
  EACH_SHARD_OF_COLUMNS(c, shard);
  wide plain = widen(0.0f), with_h = plain;
  for (uint r = first; r < last; ++r) {
    const float slope = AT(dy_tangent, r, c);
    plain = plus(plain, widen(slope));
    with_h = plus(with_h, widen(slope * H(r, c) + AT(dy, r, c) * MOVED_H(r, c)));
  }
  parts += 2 * shard * columns + c;
  parts[0] = plain;
  parts[columns] = with_h;
}

/// dbeta and dgamma, or how they move, each where it is asked for.
KERNEL(layer_norm_totals)(global const wide *parts, uint columns, uint shards, TENSOR(dbeta),
                          TENSOR(dgamma)) {
  EACH_COLUMN(c);
  if (GIVEN(dbeta)) AT(dbeta, 0, c) = narrow(shard_sum(parts, shards, 2 * columns, c));
  if (GIVEN(dgamma)) AT(dgamma, 0, c) = narrow(shard_sum(parts, shards, 2 * columns, columns + c));
}
