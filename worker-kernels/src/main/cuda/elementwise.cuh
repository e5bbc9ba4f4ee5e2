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

// The same for eight neighbours of the innermost dimension, which are neighbours in both tensors and begin at whole eights.
// Both are of the kernel's type.
template <class T>
DEVICE void copy_wide(const Args& a, Index i) {
  const Index groups = size(a, RANK - 1) / WIDE;
  Index rest = i / groups;
  int64 from = a.n[18] + i % groups * WIDE;
  int64 to = a.n[19] + i % groups * WIDE;
  for (int d = RANK - 2; d >= 0; d--) {
    const Index width = size(a, d);
    const Index at = rest % width;
    rest /= width;
    from += at * a.n[6 + d];
    to += at * a.n[12 + d];
  }
  storeWide(pointer<T>(a, 1), static_cast<Index>(to), loadWide(pointer<T>(a, 0), static_cast<Index>(from)));
}
KERNELS(copy_wide)

// at: to. n: type.
DEVICE void zero(const Args& a, Index i) { storeAs(a.at[0], a.n[0], i, 0); }
KERNEL(zero_any, zero)

// at: x, y, sum.
template <class T>
DEVICE void add(const Args& a, Index i) {
  store(pointer<T>(a, 2), i, load(pointer<T>(a, 0), i) + load(pointer<T>(a, 1), i));
}
KERNELS(add)

template <class T>
DEVICE void add_wide(const Args& a, Index i) {
  const Index e = i * WIDE;
  Wide x = loadWide(pointer<T>(a, 0), e);
  const Wide y = loadWide(pointer<T>(a, 1), e);
  for (Index k = 0; k < WIDE; k++) x.at[k] += y.at[k];
  storeWide(pointer<T>(a, 2), e, x);
}
KERNELS(add_wide)

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

template <class T>
DEVICE void scale_wide(const Args& a, Index i) {
  const Index e = i * WIDE;
  const Shared at = placeOf(e, size(a, 0), size(a, 1));
  const Index factor = at.sample * size(a, 2) + at.position * size(a, 3) + at.channel * size(a, 4);
  Wide x = loadWide(pointer<T>(a, 0), e);
  for (Index k = 0; k < WIDE; k++) x.at[k] *= loadAs(a.at[1], a.n[5], factor + k * size(a, 4));
  storeWide(pointer<T>(a, 2), e, x);
}
KERNELS(scale_wide)

// Y = A B of matrices that lie anyhow, one for each sample and head.
// at: A, B, Y. n: 0 rows, 1 columns, 2 terms, 3 heads, 4-7 strides of A over sample, head, row and term, 8-11 of B over
// sample, head, term and column, 12-15 of Y over sample, head, row and column, 16 type of Y.
template <class T>
DEVICE void product(const Args& a, Index i) {
  const Index column = i % size(a, 1);
  const Index row = i / size(a, 1) % size(a, 0);
  const Index matrix = i / size(a, 1) / size(a, 0);
  const Index head = matrix % size(a, 3);
  const Index sample = matrix / size(a, 3);
  const Index left = sample * size(a, 4) + head * size(a, 5) + row * size(a, 6);
  const Index right = sample * size(a, 8) + head * size(a, 9) + column * size(a, 11);
  float sum = 0;
  for (Index k = 0; k < size(a, 2); k++) {
    sum += load(pointer<T>(a, 0), left + k * size(a, 7)) * load(pointer<T>(a, 1), right + k * size(a, 10));
  }
  const Index place = sample * size(a, 12) + head * size(a, 13) + row * size(a, 14) + column * size(a, 15);
  storeAs(a.at[2], a.n[16], place, sum);
}
KERNELS(product)

// Adds vectors to the first elements of each sample. at: x, vectors, y. n: 0 elements of a sample, 1 elements of the
// vectors.
template <class T>
DEVICE void embed(const Args& a, Index i) {
  const Index place = i % size(a, 0);
  const float vector = place < size(a, 1) ? pointer<float>(a, 1)[place] : 0;
  store(pointer<T>(a, 2), i, load(pointer<T>(a, 0), i) + vector);
}
KERNELS(embed)

// The gradient of the vectors: dy summed over samples. at: dy, result. n: 0 elements of a sample, 1 samples. An index is
// an element of the vectors.
template <class T>
DEVICE void embed_backward(const Args& a, Index i) {
  float s = 0;
  for (Index sample = 0; sample < size(a, 1); sample++) s += load(pointer<T>(a, 0), sample * size(a, 0) + i);
  pointer<float>(a, 1)[i] = s;
}
KERNELS(embed_backward)
