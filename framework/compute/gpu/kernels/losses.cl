// Losses of one row each, their gradients, and how those move: host_losses.cpp in OpenCL C.

KERNEL(bce_value)(TENSOR(value), SHAPE, TENSOR(logit), TENSOR(label)) {
  EACH(r, c);
  const float z = AT(logit, r, c);
  AT(value, r, c) = ((z > 0.0f ? z : 0.0f) - AT(label, r, c) * z) + softplus_excess(z);
}

KERNEL(bce_gradient)(TENSOR(gradient), SHAPE, TENSOR(logit), TENSOR(label)) {
  EACH(r, c);
  const Logistic s = logistic(AT(logit, r, c));
  const float y = AT(label, r, c);
  AT(gradient, r, c) = (1.0f - y) * s.value - y * s.complement;
}

/// Row r of this work-item: classes are few, so one of them sees a whole row.
#define EACH_ROW(r)                \
  const uint r = get_global_id(0); \
  if (r >= rows) return

/// The column of a label: n where there is none, so that nothing is read out of range.
uint column_of(float label, uint n) {
  uint found = n;
  for (uint c = 0; c < n; ++c) found = (float)c == label ? c : found;
  return found;
}

/// One of the largest logits of row r.
uint largest(TENSOR(z), uint r, uint n) {
  uint top = 0;
  for (uint c = 1; c < n; ++c) top = AT(z, r, c) > AT(z, r, top) ? c : top;
  return top;
}

/// A sum in the order of lane_sum.hpp, by one work-item.
typedef struct {
  wide sums[LANES];
} Lanes;

void begin(Lanes *lanes) {
  for (uint i = 0; i < LANES; ++i) lanes->sums[i] = widen(0.0f);
}
void add(Lanes *lanes, uint c, wide term) {
  lanes->sums[c % LANES] = plus(lanes->sums[c % LANES], term);
}
wide end(Lanes *lanes) {
  for (uint step = 1; step < LANES; step *= 2)
    for (uint i = 0; i < LANES; i += 2 * step)
      lanes->sums[i] = plus(lanes->sums[i], lanes->sums[i + step]);
  return lanes->sums[0];
}

#define PART(c) exp_negative(AT(z, r, c) - AT(z, r, top))
#define LOGITS z_buffer, z_start, z_stride

KERNEL(cross_entropy_value)(TENSOR(value), uint rows, uint columns, TENSOR(z), TENSOR(label)) {
  EACH_ROW(r);
  const uint top = largest(LOGITS, r, columns), own = column_of(AT(label, r, 0), columns);
  Lanes others;
  begin(&others);
  for (uint c = 0; c < columns; ++c)
    if (c != top) add(&others, c, widen(PART(c)));
  const float own_logit = own < columns ? AT(z, r, own) : NAN;
  AT(value, r, 0) = (AT(z, r, top) - own_logit) + log1p_positive(narrow(end(&others)));
}

KERNEL(cross_entropy_gradient)(TENSOR(gradient), uint rows, uint columns, TENSOR(z),
                               TENSOR(label)) {
  EACH_ROW(r);
  const uint top = largest(LOGITS, r, columns), own = column_of(AT(label, r, 0), columns);
  Lanes others;
  begin(&others);
  for (uint c = 0; c < columns; ++c)
    if (c != own) add(&others, c, widen(PART(c)));
  const wide wrong = end(&others), sum = plus(wrong, widen(own < columns ? PART(own) : NAN));
  for (uint c = 0; c < columns; ++c)
    AT(gradient, r, c) = narrow(over(c == own ? -wrong : widen(PART(c)), sum));
}

/// With every z' as its distance from that of the largest logit, whose share may be nearly 1.
KERNEL(cross_entropy_moves)(TENSOR(moved), uint rows, uint columns, TENSOR(z), TENSOR(z_tangent)) {
  EACH_ROW(r);
  const uint top = largest(LOGITS, r, columns);
  const wide start = widen(AT(z_tangent, r, top));
  Lanes parts, products;
  begin(&parts);
  begin(&products);
  for (uint c = 0; c < columns; ++c) {
    const wide part = widen(PART(c));
    add(&parts, c, part);
    add(&products, c, times(part, minus(widen(AT(z_tangent, r, c)), start)));
  }
  const wide sum = end(&parts), mean = over(end(&products), sum);
  for (uint c = 0; c < columns; ++c) {
    const wide away = minus(widen(AT(z_tangent, r, c)), start);
    AT(moved, r, c) = narrow(times(over(widen(PART(c)), sum), minus(away, mean)));
  }
}

KERNEL(logit_of_label)(TENSOR(value), uint rows, uint columns, TENSOR(z), TENSOR(label)) {
  EACH_ROW(r);
  const uint own = column_of(AT(label, r, 0), columns);
  AT(value, r, 0) = own < columns ? AT(z, r, own) : NAN;
}

KERNEL(gradient_of_label)(TENSOR(gradient), uint rows, uint columns, TENSOR(z), TENSOR(label)) {
  EACH_ROW(r);
  const uint own = column_of(AT(label, r, 0), columns);
  for (uint c = 0; c < columns; ++c)
    AT(gradient, r, c) = own < columns ? (c == own ? 1.0f : 0.0f) : NAN;
}

KERNEL(squared_error_value)(TENSOR(value), SHAPE, TENSOR(z), TENSOR(y)) {
  EACH(r, c);
  const float away = AT(z, r, c) - AT(y, r, c);
  AT(value, r, c) = away * away;
}

KERNEL(squared_error_gradient)(TENSOR(gradient), SHAPE, TENSOR(z), TENSOR(y)) {
  EACH(r, c);
  AT(gradient, r, c) = 2.0f * (AT(z, r, c) - AT(y, r, c));
}

KERNEL(huber_value)(TENSOR(value), SHAPE, TENSOR(z), TENSOR(y), float delta) {
  EACH(r, c);
  const float d = magnitude(AT(z, r, c) - AT(y, r, c));
  AT(value, r, c) = d < delta ? 0.5f * d * d : delta * (d - 0.5f * delta);
}

KERNEL(huber_gradient)(TENSOR(gradient), SHAPE, TENSOR(z), TENSOR(y), float delta) {
  EACH(r, c);
  const float d = AT(z, r, c) - AT(y, r, c);
  AT(gradient, r, c) = d < -delta ? -delta : d > delta ? delta : d;
}

KERNEL(huber_moves)(TENSOR(moved), SHAPE, TENSOR(z), TENSOR(y), TENSOR(z_tangent), float delta) {
  EACH(r, c);
  AT(moved, r, c) = magnitude(AT(z, r, c) - AT(y, r, c)) < delta ? AT(z_tangent, r, c) : 0.0f;
}
