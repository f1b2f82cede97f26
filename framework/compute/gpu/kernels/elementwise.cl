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

KERNEL(times)(TENSOR(y), SHAPE, TENSOR(x), TENSOR(factor)) {
  EACH(r, c);
  AT(y, r, c) = AT(x, r, c) * AT(factor, r, c);
}

float sign_of(float x) {
  const float zero_or_nan = x == 0.0f ? 0.0f : x;
  return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : zero_or_nan;
}

KERNEL(sign)(TENSOR(y), SHAPE, TENSOR(x)) {
  EACH(r, c);
  AT(y, r, c) = sign_of(AT(x, r, c));
}

KERNEL(clamp)(TENSOR(y), SHAPE, float low, float high) {
  EACH(r, c);
  const float value = AT(y, r, c);
  AT(y, r, c) = value < low ? low : value > high ? high : value;
}

/// Rounding keeps order, so a value inside in exact terms is inside here too, and stays.
float nearest_in(float centre, float radius, float y) {
  const float away = y - centre;
  return away > radius ? centre + radius : away < -radius ? centre - radius : y;
}

KERNEL(clamp_around)(TENSOR(y), SHAPE, TENSOR(centre), float radius) {
  EACH(r, c);
  AT(y, r, c) = nearest_in(AT(centre, r, c), radius, AT(y, r, c));
}

KERNEL(signed_step)(TENSOR(y), SHAPE, TENSOR(slope), TENSOR(centre), float a, float radius) {
  EACH(r, c);
  const float moved = AT(y, r, c) + a * sign_of(AT(slope, r, c));
  AT(y, r, c) = GIVEN(centre) ? nearest_in(AT(centre, r, c), radius, moved) : moved;
}

KERNEL(restore)(TENSOR(y), SHAPE, TENSOR(mask), TENSOR(x)) {
  EACH(r, c);
  if (AT(mask, r, c) == 0.0f) BITS(y, r, c) = BITS(x, r, c);
}

KERNEL(adaptive_step)(TENSOR(w), SHAPE, TENSOR(m), TENSOR(v), float a, float b, float epsilon) {
  EACH(r, c);
  AT(w, r, c) -= a * AT(m, r, c) / (sqrt(AT(v, r, c)) * b + epsilon);
}

KERNEL(adam_step)(TENSOR(w), SHAPE, TENSOR(m), TENSOR(v), TENSOR(g), float shrink, float mean_new,
                  float mean_kept, float square_new, float square_kept, float rate,
                  float root_factor, float epsilon) {
  EACH(r, c);
  const float slope = AT(g, r, c);
  const float mean = mean_new * slope + mean_kept * AT(m, r, c);
  const float square = square_new * (slope * slope) + square_kept * AT(v, r, c);
  const float shrunk = AT(w, r, c) * shrink;
  AT(m, r, c) = mean;
  AT(v, r, c) = square;
  AT(w, r, c) = shrunk - rate * mean / (sqrt(square) * root_factor + epsilon);
}

KERNEL(add_row)(TENSOR(y), SHAPE, TENSOR(row)) {
  EACH(r, c);
  AT(y, r, c) += AT(row, 0, c);
}

KERNEL(standardise)(TENSOR(y), SHAPE, TENSOR(x), TENSOR(mean), TENSOR(factor)) {
  EACH(r, c);
  AT(y, r, c) = (AT(x, r, c) - AT(mean, 0, c)) * AT(factor, 0, c);
}
