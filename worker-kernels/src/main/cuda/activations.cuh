// Activation functions and their derivatives. Elementwise.number in Java has the same numbers.
#pragma once

#include "device.cuh"

enum Function {
  RELU, RELU6, LEAKY_RELU, ELU, SIGMOID, TANH, GELU, GELU_TANH, SILU, HARD_SIGMOID, HARD_SWISH, LINEAR, NONE
};

constexpr float CUBIC = 0.044715f;
constexpr float TWO_ROOT_2_OVER_PI = 1.5957691216057308f;
constexpr float ROOT_HALF = 0.7071067811865476f;
constexpr float ONE_OVER_ROOT_2_PI = 0.3989422804014327f;

DEVICE float clamp(float x, float low, float high) { return x < low ? low : (x > high ? high : x); }

DEVICE float sigmoid(float x) { return 1 / (1 + expf(-x)); }

// (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, as a sigmoid of twice the argument.
DEVICE float tanhGate(float x) { return sigmoid(TWO_ROOT_2_OVER_PI * x * (1 + CUBIC * x * x)); }

DEVICE float hardSigmoid(float x) { return clamp(x + 3, 0, 6) / 6; }

DEVICE float normal(float x) { return 0.5f * (1 + erff(x * ROOT_HALF)); }

DEVICE float hyperbolicTangent(float x) {
  // Near zero by its series: the quotient below would cancel.
  if (x > -0.05f && x < 0.05f) {
    const float s = x * x;
    return x * (1 - s * (1.0f / 3 - s * (2.0f / 15 - s * (17.0f / 315))));
  }
  const float e = expf(-2 * (x < 0 ? -x : x));
  const float y = (1 - e) / (1 + e);
  return x < 0 ? -y : y;
}

DEVICE float activated(int function, float alpha, float x) {
  switch (function) {
    case RELU: return x > 0 ? x : 0;
    case RELU6: return clamp(x, 0, 6);
    case LEAKY_RELU: return x > 0 ? x : alpha * x;
    case ELU: return x > 0 ? x : alpha * (expf(x) - 1);
    case SIGMOID: return sigmoid(x);
    case TANH: return hyperbolicTangent(x);
    case GELU: return x * normal(x);
    case GELU_TANH: return x * tanhGate(x);
    case SILU: return x * sigmoid(x);
    case HARD_SIGMOID: return hardSigmoid(x);
    case HARD_SWISH: return x * hardSigmoid(x);
    case LINEAR: return alpha * x;
    default: return x;
  }
}

DEVICE float derivative(int function, float alpha, float x) {
  switch (function) {
    case RELU: return x > 0 ? 1 : 0;
    case RELU6: return x > 0 && x < 6 ? 1 : 0;
    case LEAKY_RELU: return x > 0 ? 1 : alpha;
    case ELU: return x > 0 ? 1 : alpha * expf(x);
    case SIGMOID: {
      const float y = sigmoid(x);
      return y * (1 - y);
    }
    case TANH: {
      const float y = hyperbolicTangent(x);
      return 1 - y * y;
    }
    case GELU: return normal(x) + x * ONE_OVER_ROOT_2_PI * expf(-0.5f * x * x);
    case GELU_TANH: {
      const float gate = tanhGate(x);
      return gate + gate * (1 - gate) * TWO_ROOT_2_OVER_PI * (1 + 3 * CUBIC * x * x) * x;
    }
    case SILU: {
      const float gate = sigmoid(x);
      return gate + gate * (1 - gate) * x;
    }
    case HARD_SIGMOID: return x > -3 && x < 3 ? 1.0f / 6 : 0;
    case HARD_SWISH: return hardSigmoid(x) + (x > -3 && x < 3 ? x / 6 : 0);
    case LINEAR: return alpha;
    default: return 1;
  }
}

// A function that the compiler knows.
template <int FUNCTION>
struct Known {
  DEVICE constexpr operator int() const { return FUNCTION; }
};

// Calls body with a function, which the compiler knows if it is a usual one.
template <class Body>
DEVICE void withFunction(int64 function, Body body) {
  switch (function) {
    case NONE: return body(Known<NONE>());
    case RELU: return body(Known<RELU>());
    case SILU: return body(Known<SILU>());
    default: return body(static_cast<int>(function));
  }
}

// y = f(x + bias of the channel + addend); the last two where they are given.
// at: x, y, bias, addend. n: channels, function. f: alpha.
template <class T>
DEVICE void activate(const Args& a, Index i) {
  float x = load(pointer<T>(a, 0), i);
  if (a.at[2]) x += pointer<float>(a, 2)[i % size(a, 0)];
  if (a.at[3]) x += load(pointer<T>(a, 3), i);
  store(pointer<T>(a, 1), i, activated(static_cast<int>(a.n[1]), a.f[0], x));
}
KERNELS(activate)

template <class T>
DEVICE void activate_wide(const Args& a, Index i) {
  const Index e = i * WIDE;
  Wide x = loadWide(pointer<T>(a, 0), e);
  if (a.at[2]) {
    const float* bias = pointer<float>(a, 2) + e % size(a, 0);
    for (Index k = 0; k < WIDE; k++) x.at[k] += bias[k];
  }
  if (a.at[3]) {
    const Wide addend = loadWide(pointer<T>(a, 3), e);
    for (Index k = 0; k < WIDE; k++) x.at[k] += addend.at[k];
  }
  withFunction(a.n[1], [&](auto function) {
    for (Index k = 0; k < WIDE; k++) x.at[k] = activated(function, a.f[0], x.at[k]);
  });
  storeWide(pointer<T>(a, 1), e, x);
}
KERNELS(activate_wide)

// dx = dy f'(x). at: x, dy, dx. n: function. f: alpha.
template <class T>
DEVICE void activate_backward(const Args& a, Index i) {
  const float slope = derivative(static_cast<int>(a.n[0]), a.f[0], load(pointer<T>(a, 0), i));
  store(pointer<T>(a, 2), i, load(pointer<T>(a, 1), i) * slope);
}
KERNELS(activate_backward)

template <class T>
DEVICE void activate_backward_wide(const Args& a, Index i) {
  const Index e = i * WIDE;
  const Wide x = loadWide(pointer<T>(a, 0), e);
  Wide dy = loadWide(pointer<T>(a, 1), e);
  withFunction(a.n[0], [&](auto function) {
    for (Index k = 0; k < WIDE; k++) dy.at[k] *= derivative(function, a.f[0], x.at[k]);
  });
  storeWide(pointer<T>(a, 2), e, dy);
}
KERNELS(activate_backward_wide)

// y = x above zero, the channel's slope times x below. at: x, slopes, y. n: channels, stride of slopes.
template <class T>
DEVICE void prelu(const Args& a, Index i) {
  const float x = load(pointer<T>(a, 0), i);
  const float slope = pointer<float>(a, 1)[i % size(a, 0) * size(a, 1)];
  store(pointer<T>(a, 2), i, x > 0 ? x : slope * x);
}
KERNELS(prelu)

// at: x, slopes, dy, dx. n: channels, stride of slopes.
template <class T>
DEVICE void prelu_backward(const Args& a, Index i) {
  const float slope = pointer<float>(a, 1)[i % size(a, 0) * size(a, 1)];
  const float dy = load(pointer<T>(a, 2), i);
  store(pointer<T>(a, 3), i, load(pointer<T>(a, 0), i) > 0 ? dy : slope * dy);
}
KERNELS(prelu_backward)
