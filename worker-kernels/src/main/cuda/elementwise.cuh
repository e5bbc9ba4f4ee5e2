// Copies between layouts, sums, products with factors that elements share.
#pragma once

#include "device.cuh"

constexpr int RANK = 6;

// Copies a box of up to six dimensions, outermost first, of any strides and types.
// at: from, to. n: 0-5 dimensions, 6-11 strides of from, 12-17 strides of to, 18 offset of from, 19 offset of to,
// 20 type of from, 21 type of to.
DEVICE void copy(const Args& a, Index i) {
  Index rest = i;
  int64 from = a.n[18];
  int64 to = a.n[19];
  for (int d = RANK - 1; d >= 0; d--) {
    const Index width = size(a, d);
    const Index at = rest % width;
    rest /= width;
    from += at * a.n[6 + d];
    to += at * a.n[12 + d];
  }
  storeAs(a.at[1], a.n[21], static_cast<Index>(to), loadAs(a.at[0], a.n[20], static_cast<Index>(from)));
}
KERNEL(copy_any, copy)

// at: to. n: type.
DEVICE void zero(const Args& a, Index i) { storeAs(a.at[0], a.n[0], i, 0); }
KERNEL(zero_any, zero)

// at: x, y, sum.
template <class T>
DEVICE void add(const Args& a, Index i) {
  store(pointer<T>(a, 2), i, load(pointer<T>(a, 0), i) + load(pointer<T>(a, 1), i));
}
KERNELS(add)

// Where the factor of an element lies that has a sample, a position and a channel.
struct Shared {
  Index sample, position, channel;
};

DEVICE Shared placeOf(Index i, Index positions, Index channels) {
  const Index row = i / channels;
  return {row / positions, row % positions, i % channels};
}

// y = x times a factor that elements may share. at: x, factors, y. n: 0 positions, 1 channels, 2-4 strides of factors
// over sample, position and channel, 5 type of factors.
template <class T>
DEVICE void scale(const Args& a, Index i) {
  const Shared at = placeOf(i, size(a, 0), size(a, 1));
  const Index factor = at.sample * size(a, 2) + at.position * size(a, 3) + at.channel * size(a, 4);
  store(pointer<T>(a, 2), i, load(pointer<T>(a, 0), i) * loadAs(a.at[1], a.n[5], factor));
}
KERNELS(scale)

// Sums a matrix product's terms: Y = A B of matrices that lie anyhow.
// at: A, B, Y. n: 0 rows, 1 columns, 2 terms, 3-5 strides of A over sample, row and term, 6-8 of B over sample, term and
// column, 9-11 of Y over sample, row and column.
template <class T>
DEVICE void product(const Args& a, Index i) {
  const Index column = i % size(a, 1);
  const Index row = i / size(a, 1) % size(a, 0);
  const Index sample = i / size(a, 1) / size(a, 0);
  const Index left = sample * size(a, 3) + row * size(a, 4);
  const Index right = sample * size(a, 6) + column * size(a, 8);
  float sum = 0;
  for (Index k = 0; k < size(a, 2); k++) {
    sum += load(pointer<T>(a, 0), left + k * size(a, 5)) * load(pointer<T>(a, 1), right + k * size(a, 7));
  }
  store(pointer<T>(a, 2), sample * size(a, 9) + row * size(a, 10) + column * size(a, 11), sum);
}
KERNELS(product)
