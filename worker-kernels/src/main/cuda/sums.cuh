// Sums over the middle dimension of (outer, middle, inner), in parts of fixed sizes.
//
// An index of a first kernel sums a part of one column: (outer, part, inner) becomes a partial sum, in that order. The
// kernel fold sums neighbouring parts, again and again until one is left. A second quantity lies behind all parts of
// the first.
#pragma once

#include "activations.cuh"
#include "elementwise.cuh"

struct Part {
  Index outer, inner, from, to;  // the elements (outer, [from, to), inner)
  Index middle, width;
};

// The part of a column, or of as many neighbouring columns as are taken at an index. n: 0 middle, 1 inner, 2 parts,
// 3 middle of a part.
DEVICE Part partOf(const Args& a, Index i, Index columns = 1) {
  const Index groups = size(a, 1) / columns;
  const Index part = i / groups % size(a, 2);
  const Index from = part * size(a, 3);
  const Index to = from + size(a, 3);
  const Index middle = size(a, 0);
  const Index inner = i % groups * columns;
  return {i / groups / size(a, 2), inner, from < middle ? from : middle, to < middle ? to : middle, middle, size(a, 1)};
}

// Where the sums of eight columns lie: as those of one column.
DEVICE Index wideSum(const Args& a, Index i) {
  const Index groups = size(a, 1) / WIDE;
  return i / groups * size(a, 1) + i % groups * WIDE;
}

// Stores two sums of eight columns; the second quantity lies behind all parts of the first.
DEVICE void storeWideSums(const Args& a, int which, Index i, const Wide& first, const Wide& second) {
  const Index at = wideSum(a, i);
  storeWide(pointer<float>(a, which), at, first);
  storeWide(pointer<float>(a, which), at + static_cast<Index>(a.count) * WIDE, second);
}

DEVICE Index elementOf(const Part& part, Index m) { return (part.outer * part.middle + m) * part.width + part.inner; }

// Sum of x. at: x, sums. n: as partOf, 4 type of x.
DEVICE void sum(const Args& a, Index i) {
  const Part part = partOf(a, i);
  float s = 0;
  for (Index m = part.from; m < part.to; m++) s += loadAs(a.at[0], a.n[4], elementOf(part, m));
  pointer<float>(a, 1)[i] = s;
}
KERNEL(sum_any, sum)

// The same for eight columns. x is of the kernel's type. n: as partOf.
template <class T>
DEVICE void sum_wide(const Args& a, Index i) {
  const Part part = partOf(a, i, WIDE);
  Wide s = {};
  for (Index m = part.from; m < part.to; m++) {
    const Wide x = loadWide(pointer<T>(a, 0), elementOf(part, m));
    for (Index k = 0; k < WIDE; k++) s.at[k] += x.at[k];
  }
  storeWide(pointer<float>(a, 1), wideSum(a, i), s);
}
KERNELS(sum_wide)

// Sum of x y, each of its type. at: x, y, sums. n: as partOf, 4 type of x, 5 type of y.
DEVICE void sum_products(const Args& a, Index i) {
  const Part part = partOf(a, i);
  float s = 0;
  for (Index m = part.from; m < part.to; m++) {
    const Index e = elementOf(part, m);
    s += loadAs(a.at[0], a.n[4], e) * loadAs(a.at[1], a.n[5], e);
  }
  pointer<float>(a, 2)[i] = s;
}
KERNEL(sum_products_any, sum_products)

// The same for eight columns. Both are of the kernel's type. n: as partOf.
template <class T>
DEVICE void sum_products_wide(const Args& a, Index i) {
  const Part part = partOf(a, i, WIDE);
  Wide s = {};
  for (Index m = part.from; m < part.to; m++) {
    const Wide x = loadWide(pointer<T>(a, 0), elementOf(part, m));
    const Wide y = loadWide(pointer<T>(a, 1), elementOf(part, m));
    for (Index k = 0; k < WIDE; k++) s.at[k] += x.at[k] * y.at[k];
  }
  storeWide(pointer<float>(a, 2), wideSum(a, i), s);
}
KERNELS(sum_products_wide)

// Sum of dy min(x, 0), the gradient of a slope. at: x, dy, sums. n: as partOf.
template <class T>
DEVICE void sum_prelu(const Args& a, Index i) {
  const Part part = partOf(a, i);
  float s = 0;
  for (Index m = part.from; m < part.to; m++) {
    const Index e = elementOf(part, m);
    const float x = load(pointer<T>(a, 0), e);
    s += x > 0 ? 0 : x * load(pointer<T>(a, 1), e);
  }
  pointer<float>(a, 2)[i] = s;
}
KERNELS(sum_prelu)

// Sums of x - p and (x - p)^2 about the column's first element p, which keeps a large mean from cancelling.
// at: x, sums. n: as partOf.
template <class T>
DEVICE void sum_moments(const Args& a, Index i) {
  const Part part = partOf(a, i);
  const float pivot = load(pointer<T>(a, 0), elementOf(part, 0));
  float first = 0;
  float second = 0;
  for (Index m = part.from; m < part.to; m++) {
    const float d = load(pointer<T>(a, 0), elementOf(part, m)) - pivot;
    first += d;
    second += d * d;
  }
  pointer<float>(a, 1)[i] = first;
  pointer<float>(a, 1)[i + a.count] = second;
}
KERNELS(sum_moments)

template <class T>
DEVICE void sum_moments_wide(const Args& a, Index i) {
  const Part part = partOf(a, i, WIDE);
  const Wide pivot = loadWide(pointer<T>(a, 0), elementOf(part, 0));
  Wide first = {};
  Wide second = {};
  for (Index m = part.from; m < part.to; m++) {
    const Wide x = loadWide(pointer<T>(a, 0), elementOf(part, m));
    for (Index k = 0; k < WIDE; k++) {
      const float d = x.at[k] - pivot.at[k];
      first.at[k] += d;
      second.at[k] += d * d;
    }
  }
  storeWideSums(a, 1, i, first, second);
}
KERNELS(sum_moments_wide)

// Sums groups of neighbouring parts. at: sums, result. n: 0 inner, 1 parts, 2 parts of a group, 3 groups. The count
// covers all quantities.
DEVICE void fold(const Args& a, Index i) {
  const Index inner = size(a, 0);
  const Index group = i / inner % size(a, 3);
  const Index outer = i / inner / size(a, 3);
  const Index from = group * size(a, 2);
  const Index to = from + size(a, 2) < size(a, 1) ? from + size(a, 2) : size(a, 1);
  double s = 0;
  for (Index p = from; p < to; p++) s += pointer<float>(a, 0)[(outer * size(a, 1) + p) * inner + i % inner];
  pointer<float>(a, 1)[i] = static_cast<float>(s);
}
KERNEL(fold_any, fold)

// y = factor x. at: x, y. n: 0 type of x, 1 type of y. f: factor.
DEVICE void convert(const Args& a, Index i) { storeAs(a.at[1], a.n[1], i, a.f[0] * loadAs(a.at[0], a.n[0], i)); }
KERNEL(convert_any, convert)

// Every element of a row gets the row's number: y = factor x over positions. at: x, y. n: 0 positions, 1 channels.
template <class T>
DEVICE void spread(const Args& a, Index i) {
  const Shared at = placeOf(i, size(a, 0), size(a, 1));
  store(pointer<T>(a, 1), i, a.f[0] * load(pointer<T>(a, 0), at.sample * size(a, 1) + at.channel));
}
KERNELS(spread)

template <class T>
DEVICE void spread_wide(const Args& a, Index i) {
  const Index e = i * WIDE;
  const Shared at = placeOf(e, size(a, 0), size(a, 1));
  Wide x = loadWide(pointer<T>(a, 0), at.sample * size(a, 1) + at.channel);
  for (Index k = 0; k < WIDE; k++) x.at[k] *= a.f[0];
  storeWide(pointer<T>(a, 1), e, x);
}
KERNELS(spread_wide)
