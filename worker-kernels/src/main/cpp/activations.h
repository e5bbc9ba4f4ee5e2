// Activation functions that are zero at zero, so that the padding of channel blocks stays zero.
#pragma once

#include "vectors.h"

// As org.convoy.kernels.vector.VectorNorm numbers them.
enum Activation { IDENTITY, RELU, RELU6, SILU, HARD_SWISH };

template <Activation A, Nearness NEAR>
INLINE Floats activate(Floats x) {
  // Not-a-number compares false and goes through.
  if constexpr (A == RELU) return greater(all(0), x);
  if constexpr (A == RELU6) return less(all(6), greater(all(0), x));
  if constexpr (A == SILU) return x * sigmoid<NEAR>(x);
  if constexpr (A == HARD_SWISH) return x * less(all(6), greater(all(0), x + 3)) * (1 / 6.0f);
  return x;
}

// The derivative at x, times gradient.
template <Activation A, Nearness NEAR>
INLINE Floats activationGradient(Floats x, Floats gradient) {
  if constexpr (A == RELU) return x > 0 ? gradient : all(0);
  if constexpr (A == RELU6) return ((x > 0) & (x < 6)) ? gradient : all(0);
  if constexpr (A == SILU) {
    Floats s = sigmoid<NEAR>(x);
    return gradient * s * fma(x, 1 - s, all(1));
  }
  if constexpr (A == HARD_SWISH) {
    Floats inside = fma(x, all(1 / 3.0f), all(0.5f));
    return gradient * (x < -3 ? all(0) : (x <= 3 ? inside : all(1)));
  }
  return gradient;
}
