// Activations with first and second derivative: framework/compute/activation_functions.hpp in OpenCL C.

float silu_value(float x, float p) { return x * logistic(x).value; }
float silu_first(float x, float p) {
  const Logistic s = logistic(x);
  return s.value + x * (s.value * s.complement);
}
float silu_second(float x, float p) {
  const Logistic s = logistic(x);
  return (s.value * s.complement) * (2.0f + x * (s.complement - s.value));
}

float sigmoid_value(float x, float p) { return logistic(x).value; }
float sigmoid_first(float x, float p) {
  const Logistic s = logistic(x);
  return s.value * s.complement;
}
float sigmoid_second(float x, float p) {
  const Logistic s = logistic(x);
  return (s.value * s.complement) * (s.complement - s.value);
}

float relu_value(float x, float p) { return x < 0.0f ? 0.0f : x; }
float relu_first(float x, float p) { return x > 0.0f ? 1.0f : 0.0f; }
float relu_second(float x, float p) { return 0.0f; }

float leaky_relu_value(float x, float p) {
  const float leak = p * x;
  return x > 0.0f ? x : leak;
}
float leaky_relu_first(float x, float p) { return x > 0.0f ? 1.0f : p; }
float leaky_relu_second(float x, float p) { return 0.0f; }

float gelu_value(float x, float p) { return x * normal_at(x).below; }
float gelu_first(float x, float p) {
  const Normal at = normal_at(x);
  return at.below + at.x * at.density;
}
float gelu_second(float x, float p) {
  const Normal at = normal_at(x);
  return at.density * (2.0f - at.x * at.x);
}

float tanh_value(float x, float p) { return hyperbolic_tangent(x); }
float tanh_first(float x, float p) {
  const Logistic s = logistic(2.0f * x);
  return 4.0f * (s.value * s.complement);
}
float tanh_second(float x, float p) { return -2.0f * hyperbolic_tangent(x) * tanh_first(x, p); }

float elu_value(float x, float p) {
  const float below = p * expm1_negative(x > 0.0f ? 0.0f : x);
  return x > 0.0f ? x : below;
}
float elu_first(float x, float p) {
  const float below = p * exp_negative(x > 0.0f ? 0.0f : x);
  return x > 0.0f ? 1.0f : below;
}
float elu_second(float x, float p) {
  const float below = p * exp_negative(x > 0.0f ? 0.0f : x);
  return x > 0.0f ? 0.0f : below;
}

#define SELU_ALPHA 1.67326324f
#define SELU_SCALE 1.05070099f
float selu_value(float x, float p) { return SELU_SCALE * elu_value(x, SELU_ALPHA); }
float selu_first(float x, float p) { return SELU_SCALE * elu_first(x, SELU_ALPHA); }
float selu_second(float x, float p) { return SELU_SCALE * elu_second(x, SELU_ALPHA); }

float softplus_value(float x, float p) { return (x > 0.0f ? x : 0.0f) + softplus_excess(x); }
float softplus_first(float x, float p) { return sigmoid_value(x, p); }
float softplus_second(float x, float p) { return sigmoid_first(x, p); }

#define ACTIVATION(name)                                                                          \
  KERNEL(name##_activate)(TENSOR(y), SHAPE, TENSOR(x), float p) {                                 \
    EACH(r, c);                                                                                   \
    AT(y, r, c) = name##_value(AT(x, r, c), p);                                                   \
  }                                                                                               \
  KERNEL(name##_activate_keeping)(TENSOR(y), SHAPE, TENSOR(x), TENSOR(derivative), TENSOR(row),   \
                                  float p) {                                                      \
    EACH(r, c);                                                                                   \
    float at = AT(x, r, c);                                                                       \
    if (GIVEN(row)) AT(x, r, c) = at = at + AT(row, 0, c);                                        \
    AT(y, r, c) = name##_value(at, p);                                                            \
    if (GIVEN(derivative)) AT(derivative, r, c) = name##_first(at, p);                            \
  }                                                                                               \
  KERNEL(name##_activate_backward)(TENSOR(dx), SHAPE, TENSOR(x), TENSOR(dy), float p) {           \
    EACH(r, c);                                                                                   \
    AT(dx, r, c) = AT(dy, r, c) * name##_first(AT(x, r, c), p);                                   \
  }                                                                                               \
  KERNEL(name##_activate_second)(TENSOR(moved), SHAPE, TENSOR(x), TENSOR(x_tangent), TENSOR(dy),  \
                                 TENSOR(dy_tangent), float p) {                                   \
    EACH(r, c);                                                                                   \
    const float at = AT(x, r, c);                                                                 \
    AT(moved, r, c) = AT(dy_tangent, r, c) * name##_first(at, p) +                                \
                      AT(dy, r, c) * (name##_second(at, p) * AT(x_tangent, r, c));                \
  }

ACTIVATION(silu)
ACTIVATION(relu)
ACTIVATION(leaky_relu)
ACTIVATION(sigmoid)
ACTIVATION(gelu)
ACTIVATION(tanh)
ACTIVATION(elu)
ACTIVATION(selu)
ACTIVATION(softplus)
