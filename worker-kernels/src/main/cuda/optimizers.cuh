// What is done with flat vectors of parameters beside plans: optimizers, the vectors that follow parameters, sums of
// gradients, and the sums of squares that clipping and layer-wise optimizers need.
//
// Each formula is that of the Java record of the same name, in the same order of operations, each rounded to float32 on
// its own. Compiled without fused multiply-adds it gives the same bits as on the host.
#pragma once

#include "device.cuh"
#include "strict.cuh"

// Where an element of a piece lies. A piece is neighbours that move alike, all of one tensor that decays, or none of
// which decays. Pieces stand in a table of five numbers each: the first index, the first element of the vectors, the first
// element of the state, the number of the tensor that decays or -1, the number of the rate.
struct Owned {
  Index at, state;
  int64 tensor;
  const float* f;  // the optimizer's factors at the piece's rate
};

// The last row of a table whose first number is not above an index.
DEVICE const int64* rowOf(const int64* table, int64 rows, int64 width, Index i) {
  int64 low = 0;
  int64 high = rows - 1;
  while (low < high) {
    const int64 middle = (low + high + 1) / 2;
    if (table[middle * width] <= i) low = middle;
    else high = middle - 1;
  }
  return table + low * width;
}

// The tensors, sizes and factors of every optimizer.
// at: 0 parameters, 1 gradient, 2-5 state, 6 pieces, 7 factors of all rates, 8 trust ratios of tensors. n: 0 pieces,
// 1 factors of a rate, 2 whether there is momentum, 3 whether there are trust ratios.
DEVICE Owned ownedAt(const Args& a, Index i) {
  const int64* piece = rowOf(pointer<int64>(a, 6), a.n[0], 5, i);
  const Index offset = i - static_cast<Index>(piece[0]);
  return {static_cast<Index>(piece[1]) + offset, static_cast<Index>(piece[2]) + offset, piece[3],
          pointer<float>(a, 7) + piece[4] * a.n[1]};
}

DEVICE float& parameterOf(const Args& a, const Owned& e) { return pointer<float>(a, 0)[e.at]; }

DEVICE float gradientOf(const Args& a, const Owned& e) { return pointer<float>(a, 1)[e.at]; }

DEVICE float& stateOf(const Args& a, const Owned& e, int which) { return pointer<float>(a, 2 + which)[e.state]; }

DEVICE float trustOf(const Args& a, const Owned& e) {
  return a.n[3] != 0 && e.tensor >= 0 ? pointer<float>(a, 8)[e.tensor] : 1;
}

// The gradient with the L2 term of what decays.
DEVICE float pulled(const Args& a, const Owned& e, float scale, float decay) {
  const float d = scale * gradientOf(a, e);
  return e.tensor >= 0 && decay != 0 ? d + decay * parameterOf(a, e) : d;
}

// What momentum makes of a step's direction.
DEVICE float pushed(const Args& a, const Owned& e, float direction, float momentum, bool ahead) {
  if (momentum == 0) return direction;
  float& buffer = stateOf(a, e, 0);
  buffer = momentum * buffer + direction;
  return ahead ? direction + momentum * buffer : buffer;
}

// Factors: scale, rate, momentum, decay, nesterov.
DEVICE void sgd(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  const float d = pulled(a, e, e.f[0], e.f[3]);
  float& p = parameterOf(a, e);
  p = p - e.f[1] * pushed(a, e, d, e.f[2], e.f[4] != 0);
}
KERNEL(sgd_any, sgd)

// Factors: as sgd.
DEVICE void lars(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  float& p = parameterOf(a, e);
  const float pull = e.tensor >= 0 ? e.f[3] : 0;
  const float d = trustOf(a, e) * (e.f[0] * gradientOf(a, e) + pull * p);
  p = p - e.f[1] * pushed(a, e, d, e.f[2], e.f[4] != 0);
}
KERNEL(lars_any, lars)

// The means of gradients and of their squares. Factors: 0 scale, 1-2 first beta and one minus it, 3-4 the second one,
// 5 root of the second correction, 6 epsilon.
DEVICE void moveMoments(const Args& a, const Owned& e) {
  const float d = e.f[0] * gradientOf(a, e);
  float& mean = stateOf(a, e, 0);
  float& square = stateOf(a, e, 1);
  mean = e.f[1] * mean + e.f[2] * d;
  square = e.f[3] * square + e.f[4] * (d * d);
}

DEVICE float rootOf(const Args& a, const Owned& e) { return sqrtf(stateOf(a, e, 1)) / e.f[5] + e.f[6]; }

// Factors: those of moveMoments, 7 rate, 8 shrink.
DEVICE void adamw(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  moveMoments(a, e);
  float& p = parameterOf(a, e);
  const float kept = e.tensor >= 0 ? p * e.f[8] : p;
  p = kept - e.f[7] * (stateOf(a, e, 0) / rootOf(a, e));
}
KERNEL(adamw_any, adamw)

// The first pass of lamb.
DEVICE void lamb_moments(const Args& a, Index i) { moveMoments(a, ownedAt(a, i)); }
KERNEL(lamb_moments_any, lamb_moments)

// Factors: those of moveMoments, 7 rate, 8 correction of the mean, 9 decay.
DEVICE float lambDirection(const Args& a, const Owned& e) {
  const float pull = e.tensor >= 0 ? e.f[9] : 0;
  return stateOf(a, e, 0) / e.f[8] / rootOf(a, e) + pull * parameterOf(a, e);
}

DEVICE void lamb(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  const float u = lambDirection(a, e);
  float& p = parameterOf(a, e);
  p = p - e.f[7] * (trustOf(a, e) * u);
}
KERNEL(lamb_any, lamb)

// Factors: 0 scale, 1-2 rates, 3 third root, 4 divisor of what decays, 5 epsilon, 6-8 betas, 9-11 one minus each, 12 first.
DEVICE void adan(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  const float g = e.f[0] * gradientOf(a, e);
  const float d = e.f[12] != 0 ? 0 : g - stateOf(a, e, 3);
  const float n = g + e.f[7] * d;
  stateOf(a, e, 0) = e.f[6] * stateOf(a, e, 0) + e.f[9] * g;
  stateOf(a, e, 1) = e.f[7] * stateOf(a, e, 1) + e.f[10] * d;
  stateOf(a, e, 2) = e.f[8] * stateOf(a, e, 2) + e.f[11] * (n * n);
  stateOf(a, e, 3) = g;
  const float root = sqrtf(stateOf(a, e, 2)) / e.f[3] + e.f[5];
  float& p = parameterOf(a, e);
  p = (p - e.f[1] * stateOf(a, e, 0) / root - e.f[2] * stateOf(a, e, 1) / root) / (e.tensor >= 0 ? e.f[4] : 1);
}
KERNEL(adan_any, adan)

// Factors: 0 scale, 1 rate, 2 shrink, 3-4 first beta and one minus it, 5-6 the second one.
DEVICE void lion(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  const float d = e.f[0] * gradientOf(a, e);
  float& mean = stateOf(a, e, 0);
  const float c = e.f[3] * mean + e.f[4] * d;
  const float sign = c > 0 ? 1 : c < 0 ? -1 : c;
  float& p = parameterOf(a, e);
  p = (e.tensor >= 0 ? e.f[2] : 1) * p - e.f[1] * sign;
  mean = e.f[5] * mean + e.f[6] * d;
}
KERNEL(lion_any, lion)

// The step of a buffer that is the second state, if there is momentum.
DEVICE float buffered(const Args& a, const Owned& e, float step, float momentum) {
  if (momentum == 0) return step;
  float& buffer = stateOf(a, e, 1);
  buffer = momentum * buffer + step;
  return buffer;
}

// Factors: 0 scale, 1 rate, 2-3 alpha and one minus it, 4 epsilon, 5 momentum, 6 decay.
DEVICE void rmsprop(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  const float d = pulled(a, e, e.f[0], e.f[6]);
  float& square = stateOf(a, e, 0);
  square = e.f[2] * square + e.f[3] * (d * d);
  float& p = parameterOf(a, e);
  p = p - e.f[1] * buffered(a, e, d / (sqrtf(square) + e.f[4]), e.f[5]);
}
KERNEL(rmsprop_any, rmsprop)

// Factors: as rmsprop, 4 is added under the root.
DEVICE void rmsprop_tf(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  const float d = pulled(a, e, e.f[0], e.f[6]);
  float& square = stateOf(a, e, 0);
  square = e.f[2] * square + e.f[3] * (d * d);
  float& p = parameterOf(a, e);
  p = p - buffered(a, e, e.f[1] * (d / sqrtf(square + e.f[4])), e.f[5]);
}
KERNEL(rmsprop_tf_any, rmsprop_tf)

// The companions of the parameters. at: 0 parameters, 1 companion, 6 pieces, 7 factors. n: 0 pieces.

// Factors: what is kept, what is taken.
DEVICE void weight_average(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  float& average = pointer<float>(a, 1)[e.state];
  average = e.f[0] * average + e.f[1] * parameterOf(a, e);
}
KERNEL(weight_average_any, weight_average)

// Factors: the number of weights that are averaged.
DEVICE void equal_average(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  float& average = pointer<float>(a, 1)[e.state];
  average = average + (parameterOf(a, e) - average) / e.f[0];
}
KERNEL(equal_average_any, equal_average)

// Factors: the rate of the slow weights.
DEVICE void slow_weights(const Args& a, Index i) {
  const Owned e = ownedAt(a, i);
  float& slow = pointer<float>(a, 1)[e.state];
  float& fast = parameterOf(a, e);
  slow = slow + e.f[0] * (fast - slow);
  fast = slow;
}
KERNEL(slow_weights_any, slow_weights)

// Sums of squares in double. An index is one of the eight interleaved sums of a part; their total is the host's.
constexpr int LANES = 8;

// Of a vector. at: 0 vector, 1 parts, 2 sums. n: nothing. A part is two numbers: its first element and one past its last.
DEVICE void squares(const Args& a, Index i) {
  const int64* part = pointer<int64>(a, 1) + 2 * static_cast<int64>(i / LANES);
  double sum = 0;
  for (int64 at = part[0] + i % LANES; at < part[1]; at += LANES) {
    const double x = pointer<float>(a, 0)[at];
    sum += x * x;
  }
  pointer<double>(a, 2)[i] = sum;
}
KERNEL(squares_any, squares)

// Of the parameters and of a direction, for parts of tensors that decay: the second sums lie behind all first ones.
// at: as an optimizer, 9 parts and behind them the sums. n: as an optimizer, 4 parts. A part is three numbers: its first
// index, one past its last, and the first index of the slice from which lanes are counted.
template <class Direction>
DEVICE void tensorSquares(const Args& a, Index i, Direction direction) {
  const int64* part = pointer<int64>(a, 9) + 3 * static_cast<int64>(i / LANES);
  double* sums = reinterpret_cast<double*>(pointer<int64>(a, 9) + 3 * a.n[4]);
  const int64 ahead = (part[0] - part[2]) % LANES;
  double first = 0;
  double second = 0;
  for (int64 at = part[0] + (i % LANES + LANES - ahead) % LANES; at < part[1]; at += LANES) {
    const Owned e = ownedAt(a, static_cast<Index>(at));
    const double p = parameterOf(a, e);
    const double d = direction(a, e);
    first += p * p;
    second += d * d;
  }
  sums[i] = first;
  sums[a.count + i] = second;
}

struct LarsDirection {
  DEVICE float operator()(const Args& a, const Owned& e) const { return e.f[0] * gradientOf(a, e); }
};

struct LambDirection {
  DEVICE float operator()(const Args& a, const Owned& e) const { return lambDirection(a, e); }
};

DEVICE void lars_squares(const Args& a, Index i) { tensorSquares(a, i, LarsDirection()); }
KERNEL(lars_squares_any, lars_squares)

DEVICE void lamb_squares(const Args& a, Index i) { tensorSquares(a, i, LambDirection()); }
KERNEL(lamb_squares_any, lamb_squares)

// Of the parameters and the gradient of parts of units, element by element.
// at: 0 parameters, 1 gradient, 2 parts, 3 sums, two for each part. A part: its first element, one past its last, its unit.
DEVICE void unit_squares(const Args& a, Index i) {
  const int64* part = pointer<int64>(a, 2) + 3 * static_cast<int64>(i);
  double first = 0;
  double second = 0;
  for (int64 at = part[0]; at < part[1]; at++) {
    const double p = pointer<float>(a, 0)[at];
    const double g = pointer<float>(a, 1)[at];
    first += p * p;
    second += g * g;
  }
  pointer<double>(a, 3)[2 * static_cast<int64>(i)] = first;
  pointer<double>(a, 3)[2 * static_cast<int64>(i) + 1] = second;
}
KERNEL(unit_squares_any, unit_squares)

// Multiplies the gradient of a part by its unit's factor. at: 1 gradient, 2 parts, 3 factors of units.
DEVICE void unit_scale(const Args& a, Index i) {
  const int64* part = pointer<int64>(a, 2) + 3 * static_cast<int64>(i);
  const float factor = pointer<float>(a, 3)[part[2]];
  for (int64 at = part[0]; at < part[1] && factor != 1; at++) pointer<float>(a, 1)[at] *= factor;
}
KERNEL(unit_scale_any, unit_scale)

// The nearest number of bfloat16; of two equally near ones the one whose last bit is zero.
DEVICE float roundedOf(float x) {
  const unsigned bits = bitsOf(x);
  const bool nan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
  return floatOf((nan ? bits | 0x00400000u : bits + 0x7FFFu + ((bits >> 16) & 1u)) & 0xFFFF0000u);
}

// Sums whose addends and results are rounded to bfloat16. at: 0 source, 1 target. n: 0 whether it is added, or replaces.
DEVICE void rounded_sum(const Args& a, Index i) {
  const float x = roundedOf(pointer<float>(a, 0)[i]);
  float& target = pointer<float>(a, 1)[i];
  target = a.n[0] != 0 ? roundedOf(target + x) : x;
}
KERNEL(rounded_sum_any, rounded_sum)

// Sharpness-aware minimisation. at: 0 parameters, 1 gradient, 2 blocks of what is trained, 3 see below. n: 0 blocks,
// 1 whether steps are in proportion to weights, 2 the bits of the scale. A block: its first element and one past its last.
DEVICE double sizeOf(double parameter) { return magnitudeOf(parameter) + 0.01; }

// The sum of squares of a block, an index. at: 3 sums.
DEVICE void sharpness_squares(const Args& a, Index i) {
  const int64* block = pointer<int64>(a, 2) + 2 * static_cast<int64>(i);
  double sum = 0;
  for (int64 at = block[0]; at < block[1]; at++) {
    const double g = pointer<float>(a, 1)[at];
    const double x = a.n[1] != 0 ? sizeOf(pointer<float>(a, 0)[at]) * g : g;
    sum += x * x;
  }
  pointer<double>(a, 3)[i] = sum;
}
KERNEL(sharpness_squares_any, sharpness_squares)

// The parameters of the second pass, of which an index is an element. at: 3 moved parameters.
DEVICE void sharpness_climb(const Args& a, Index i) {
  const int64* block = rowOf(pointer<int64>(a, 2), a.n[0], 2, i);
  const float w = pointer<float>(a, 0)[i];
  float& moved = pointer<float>(a, 3)[i];
  if (i < block[0] || i >= block[1]) {
    moved = w;
    return;
  }
  const double scale = doubleOf(a.n[2]);
  const double g = pointer<float>(a, 1)[i];
  const double size = sizeOf(w);
  const double step = a.n[1] != 0 ? scale * size * size * g : scale * g;
  moved = static_cast<float>(w + step);
}
KERNEL(sharpness_climb_any, sharpness_climb)
