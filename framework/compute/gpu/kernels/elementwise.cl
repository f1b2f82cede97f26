// Operations on each value alone.

KERNEL(copy)(TENSOR(y), SHAPE, TENSOR(x)) {
  EACH(r, c);
  BITS(y, r, c) = BITS(x, r, c);
}

KERNEL(fill)(TENSOR(y), SHAPE, float value) {
  EACH(r, c);
  AT(y, r, c) = value;
}

KERNEL(axpy)(TENSOR(y), SHAPE, TENSOR(x), float a) {
  EACH(r, c);
  AT(y, r, c) += a * AT(x, r, c);
}

KERNEL(axpby)(TENSOR(y), SHAPE, TENSOR(x), float a, float b) {
  EACH(r, c);
  AT(y, r, c) = a * AT(x, r, c) + b * AT(y, r, c);
}

KERNEL(axpby_square)(TENSOR(y), SHAPE, TENSOR(x), float a, float b) {
  EACH(r, c);
  const float value = AT(x, r, c);
  AT(y, r, c) = a * (value * value) + b * AT(y, r, c);
}

KERNEL(scale)(TENSOR(y), SHAPE, float a) {
  EACH(r, c);
  AT(y, r, c) *= a;
}

/// `step` is 0 where x is one column, used for every column.
KERNEL(multiply)(TENSOR(y), SHAPE, TENSOR(x), uint step) {
  EACH(r, c);
  AT(y, r, c) *= AT(x, r, c * step);
}

KERNEL(sign)(TENSOR(y), SHAPE, TENSOR(x)) {
  EACH(r, c);
  const float value = AT(x, r, c);
  const float zero_or_nan = value == 0.0f ? 0.0f : value;
  AT(y, r, c) = value > 0.0f ? 1.0f : value < 0.0f ? -1.0f : zero_or_nan;
}

KERNEL(clamp)(TENSOR(y), SHAPE, float low, float high) {
  EACH(r, c);
  const float value = AT(y, r, c);
  AT(y, r, c) = value < low ? low : value > high ? high : value;
}

KERNEL(clamp_around)(TENSOR(y), SHAPE, TENSOR(centre), float radius) {
  EACH(r, c);
  const float middle = AT(centre, r, c), away = AT(y, r, c) - middle;
  if (away > radius) {
    AT(y, r, c) = middle + radius;
  } else if (away < -radius) {
    AT(y, r, c) = middle - radius;
  }
}

KERNEL(restore)(TENSOR(y), SHAPE, TENSOR(mask), TENSOR(x)) {
  EACH(r, c);
  if (AT(mask, r, c) == 0.0f) BITS(y, r, c) = BITS(x, r, c);
}

KERNEL(adaptive_step)(TENSOR(w), SHAPE, TENSOR(m), TENSOR(v), float a, float b, float epsilon) {
  EACH(r, c);
  AT(w, r, c) -= a * AT(m, r, c) / (sqrt(AT(v, r, c)) * b + epsilon);
}

KERNEL(add_row)(TENSOR(y), SHAPE, TENSOR(row)) {
  EACH(r, c);
  AT(y, r, c) += AT(row, 0, c);
}

KERNEL(standardise)(TENSOR(y), SHAPE, TENSOR(x), TENSOR(mean), TENSOR(factor)) {
  EACH(r, c);
  AT(y, r, c) = (AT(x, r, c) - AT(mean, 0, c)) * AT(factor, 0, c);
}
