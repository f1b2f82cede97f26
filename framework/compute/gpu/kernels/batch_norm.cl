// Batch normalisation, its gradient and the tangents of both; formulas in host_batch_norm.cpp and
// host_batch_norm_tangent.cpp. Sums over the rows come in shards (`parts`), a work-item for each
// column and shard; what every row needs of them is then made once a column (`means`).

#define H(r, c) ((AT(x, r, c) - AT(mean, 0, c)) * AT(inverse, 0, c))

KERNEL(batch_norm_statistics)(TENSOR(mean), TENSOR(inverse), TENSOR(running_mean),
                              TENSOR(running_variance), uint rows, uint columns, uint shards,
                              float epsilon, float momentum, uint update, global const wide *sums,
                              global const wide *squares) {
  EACH_COLUMN(c);
  const wide batch = widen_count(rows), one = widen(1.0f);
  const wide m = over(shard_sum(sums, shards, columns, c), batch);
  const wide away = shard_sum(squares, shards, columns, c);
  AT(mean, 0, c) = narrow(m);
  AT(inverse, 0, c) = narrow(over(one, root(plus(over(away, batch), widen(epsilon)))));
  if (!update || rows < 2) return;
  const wide share = widen(momentum), rest = minus(one, share);
  AT(running_mean, 0, c) =
      narrow(plus(times(rest, widen(AT(running_mean, 0, c))), times(share, m)));
  const wide unbiased = over(away, widen_count(rows - 1));
  AT(running_variance, 0, c) =
      narrow(plus(times(rest, widen(AT(running_variance, 0, c))), times(share, unbiased)));
}

KERNEL(batch_norm_running)(TENSOR(mean), TENSOR(inverse), TENSOR(running_mean),
                           TENSOR(running_variance), uint columns, float epsilon) {
  EACH_COLUMN(c);
  AT(mean, 0, c) = AT(running_mean, 0, c);
  const wide variance = plus(widen(AT(running_variance, 0, c)), widen(epsilon));
  AT(inverse, 0, c) = narrow(over(widen(1.0f), root(variance)));
}

KERNEL(batch_norm_apply)(TENSOR(y), SHAPE, TENSOR(x), TENSOR(mean), TENSOR(inverse), TENSOR(gamma),
                         TENSOR(beta)) {
  EACH(r, c);
  AT(y, r, c) = (AT(x, r, c) - AT(mean, 0, c)) * (AT(inverse, 0, c) * AT(gamma, 0, c)) +
                AT(beta, 0, c);
}

/// Two sums a column: of s, of s h.
KERNEL(batch_norm_pair_parts)(TENSOR(x), uint rows, uint columns, uint shards, TENSOR(mean),
                              TENSOR(inverse), TENSOR(s), global wide *parts) {
  EACH_SHARD_OF_COLUMNS(c, shard);
  wide plain = widen(0.0f), with_h = plain;
  for (uint r = first; r < last; ++r) {
    const wide slope = widen(AT(s, r, c));
    plain = plus(plain, slope);
    with_h = plus(with_h, times(slope, widen(H(r, c))));
  }
  parts += 2 * shard * columns + c;
  parts[0] = plain;
  parts[columns] = with_h;
}

/// `means`, two rows, and the sums themselves, each where it is asked for.
KERNEL(batch_norm_pair_totals)(global const wide *parts, uint rows, uint columns, uint shards,
                               global float *means, TENSOR(plain), TENSOR(with_h)) {
  EACH_COLUMN(c);
  const wide first = shard_sum(parts, shards, 2 * columns, c),
             second = shard_sum(parts, shards, 2 * columns, columns + c);
  if (GIVEN(plain)) AT(plain, 0, c) = narrow(first);
  if (GIVEN(with_h)) AT(with_h, 0, c) = narrow(second);
  if (means == 0) return;
  means[c] = narrow(over(first, widen_count(rows)));
  means[columns + c] = narrow(over(second, widen_count(rows)));
}

/// Row `which` of the means; with running statistics there are none.
#define MEAN(which, c) (means == 0 ? 0.0f : means[(which) * columns + (c)])

KERNEL(batch_norm_backward)(TENSOR(dx), SHAPE, TENSOR(x), TENSOR(dy), TENSOR(mean), TENSOR(inverse),
                            TENSOR(gamma), global const float *means) {
  EACH(r, c);
  const float rest = AT(dy, r, c) - MEAN(0, c) - H(r, c) * MEAN(1, c);
  AT(dx, r, c) = AT(gamma, 0, c) * AT(inverse, 0, c) * rest;
}

KERNEL(batch_norm_tangent)(TENSOR(moved), SHAPE, TENSOR(x), TENSOR(x_tangent), TENSOR(mean),
                           TENSOR(inverse), TENSOR(gamma), TENSOR(gamma_tangent),
                           TENSOR(beta_tangent), global const float *means) {
  EACH(r, c);
  const float h = H(r, c);
  const float moved_h =
      AT(inverse, 0, c) * (OR_ZERO(x_tangent, r, c) - MEAN(0, c) - h * MEAN(1, c));
  AT(moved, r, c) = OR_ZERO(gamma_tangent, 0, c) * h + AT(gamma, 0, c) * moved_h +
                    OR_ZERO(beta_tangent, 0, c);
}

/// Seven sums a column: of dy, dy h, dy', dy' h, dy x', x', x' h.
KERNEL(batch_norm_moved_parts)(TENSOR(x), uint rows, uint columns, uint shards, TENSOR(mean),
                               TENSOR(inverse), TENSOR(x_tangent), TENSOR(dy), TENSOR(dy_tangent),
                               global wide *parts) {
  EACH_SHARD_OF_COLUMNS(c, shard);
  wide sums[7];
  for (uint i = 0; i < 7; ++i) sums[i] = widen(0.0f);
  for (uint r = first; r < last; ++r) {
    const wide h = widen(H(r, c)), slope = widen(AT(dy, r, c)), moved = widen(AT(dy_tangent, r, c)),
               along = widen(OR_ZERO(x_tangent, r, c));
    sums[0] = plus(sums[0], slope);
    sums[1] = plus(sums[1], times(slope, h));
    sums[2] = plus(sums[2], moved);
    sums[3] = plus(sums[3], times(moved, h));
    sums[4] = plus(sums[4], times(slope, along));
    sums[5] = plus(sums[5], along);
    sums[6] = plus(sums[6], times(along, h));
  }
  for (uint i = 0; i < 7; ++i) parts[(7 * shard + i) * columns + c] = sums[i];
}

/// `means`, six rows: of x', x' h, dy, dy h, dy', dy' h + dy h'.
KERNEL(batch_norm_moved_totals)(global const wide *parts, uint rows, uint columns, uint shards,
                                TENSOR(inverse), global float *means, TENSOR(dgamma_tangent),
                                TENSOR(dbeta_tangent)) {
  EACH_COLUMN(c);
  const wide batch = widen_count(rows);
  wide sums[7];
  for (uint i = 0; i < 7; ++i) sums[i] = shard_sum(parts, shards, 7 * columns, i * columns + c);
  // With running statistics the means of x' do not enter.
  const wide mean_x = means == 0 ? widen(0.0f) : over(sums[5], batch),
             mean_x_h = means == 0 ? widen(0.0f) : over(sums[6], batch);
  const wide along = minus(minus(sums[4], times(mean_x, sums[0])), times(mean_x_h, sums[1]));
  const wide moved_h = plus(sums[3], times(widen(AT(inverse, 0, c)), along));
  if (GIVEN(dbeta_tangent)) AT(dbeta_tangent, 0, c) = narrow(sums[2]);
  if (GIVEN(dgamma_tangent)) AT(dgamma_tangent, 0, c) = narrow(moved_h);
  if (means == 0) return;
  means[c] = narrow(mean_x);
  means[columns + c] = narrow(mean_x_h);
  means[2 * columns + c] = narrow(over(sums[0], batch));
  means[3 * columns + c] = narrow(over(sums[1], batch));
  means[4 * columns + c] = narrow(over(sums[2], batch));
  means[5 * columns + c] = narrow(over(moved_h, batch));
}

KERNEL(batch_norm_backward_tangent)(TENSOR(moved), SHAPE, TENSOR(x), TENSOR(x_tangent), TENSOR(dy),
                                    TENSOR(dy_tangent), TENSOR(mean), TENSOR(inverse),
                                    TENSOR(gamma), TENSOR(gamma_tangent),
                                    global const float *means) {
  EACH(r, c);
  const float i = AT(inverse, 0, c), h = H(r, c);
  const float moved_h = i * (OR_ZERO(x_tangent, r, c) - MEAN(0, c) - h * MEAN(1, c));
  const float centred = AT(dy, r, c) - MEAN(2, c) - h * MEAN(3, c);
  const float factor = OR_ZERO(gamma_tangent, 0, c) - AT(gamma, 0, c) * i * MEAN(1, c);
  const float rest = AT(dy_tangent, r, c) - MEAN(4, c) - moved_h * MEAN(3, c) - h * MEAN(5, c);
  AT(moved, r, c) = i * (factor * centred + AT(gamma, 0, c) * rest);
}
