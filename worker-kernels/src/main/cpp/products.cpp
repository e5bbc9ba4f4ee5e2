// The gradients of a product of a tensor with one factor a sample and channel, as squeeze-and-excitation has it: both
// in one pass over the factor's operand and the product's gradient.

#include "calls.h"
#include "threads.h"

namespace {

constexpr int NEIGHBOURS = 8;  // blocks whose factors and sums stay in registers, with channels last

struct Geometry {
  int64 samples, channels, positions, blocked;

  int64 blocks() const { return (channels + LANES - 1) / LANES; }
  int64 bundles() const { return blocked ? blocks() : (blocks() + NEIGHBOURS - 1) / NEIGHBOURS; }
};

// Where a bundle's numbers begin: those of all positions, and those of which there is one a channel.
template <class T>
struct Product {
  const T* source;
  const T* gradient;
  const T* factors;
  T* sourceGradient;  // may be gradient
  T* factorGradient;

  Product from(int64 number, int64 channel) const {
    return {source + number, gradient + number, factors + channel, sourceGradient + number, factorGradient + channel};
  }
};

// BLOCKS neighbouring blocks at a time, and fewer at the end; positions are `pitch` numbers apart.
template <int BLOCKS, class T>
INLINE void multiplyBlocks(Product<T> at, int64 positions, int64 pitch, int64 blocks) {
  for (; blocks >= BLOCKS; blocks -= BLOCKS) {
    Floats factor[BLOCKS], sum[BLOCKS] = {};
    for (int b = 0; b < BLOCKS; b++) factor[b] = load(at.factors + b * LANES);
    for (int64 p = 0; p < positions; p++) {
#pragma unroll
      for (int b = 0; b < BLOCKS; b++) {
        int64 i = p * pitch + b * LANES;
        Floats gradient = load(at.gradient + i);
        sum[b] = fma(load(at.source + i), gradient, sum[b]);
        store(gradient * factor[b], at.sourceGradient + i);
      }
    }
    for (int b = 0; b < BLOCKS; b++) store(sum[b], at.factorGradient + b * LANES);
    at = at.from(BLOCKS * LANES, BLOCKS * LANES);
  }
  if constexpr (BLOCKS > 1) multiplyBlocks<BLOCKS / 2>(at, positions, pitch, blocks);
}

// The last channels of a row, which fill no vector.
template <class T>
void multiplyPart(Product<T> at, int64 positions, int64 pitch, int64 channels) {
  Floats factor = loadPart(at.factors, channels), sum = {};
  for (int64 i = 0; i < positions * pitch; i += pitch) {
    Floats gradient = loadPart(at.gradient + i, channels);
    sum = fma(loadPart(at.source + i, channels), gradient, sum);
    storePart(gradient * factor, at.sourceGradient + i, channels);
  }
  storePart(sum, at.factorGradient, channels);
}

template <class T>
void multiply(const Geometry& g, const Product<T>& all) {
  together([&](Member me) {
    me.share(g.samples * g.bundles(), [&](int64 item) {
      int64 sample = item / g.bundles(), bundle = item % g.bundles();
      if (g.blocked) {
        multiplyBlocks<1>(all.from(item * g.positions * LANES, item * LANES), g.positions, LANES, 1);
        return;
      }
      int64 first = bundle * NEIGHBOURS * LANES, left = g.channels - first;
      Product<T> at = all.from(sample * g.positions * g.channels + first, sample * g.channels + first);
      int64 whole = left / LANES < NEIGHBOURS ? left / LANES : NEIGHBOURS;
      multiplyBlocks<NEIGHBOURS>(at, g.positions, g.channels, whole);
      if (whole < NEIGHBOURS && left % LANES > 0) {
        multiplyPart(at.from(whole * LANES, whole * LANES), g.positions, g.channels, left % LANES);
      }
    });
  });
}

template <class T>
Product<T> product(int64 source, int64 gradient, int64 factors, int64 sourceGradient, int64 factorGradient) {
  return {pointer<T>(source), pointer<T>(gradient), pointer<T>(factors), pointer<T>(sourceGradient),
          pointer<T>(factorGradient)};
}

// As VectorProduct lists them.
struct Call {
  Geometry geometry;
  int64 bfloat16;
};

}  // namespace

NATIVE(void, productBackward)(
    void* environment, void*, void* sizes, int64 source, int64 gradient, int64 factors, int64 sourceGradient,
    int64 factorGradient) {
  Call c = structOf<Call>(environment, sizes);
  withNumbers(c.bfloat16, [&](auto numbers) {
    using T = typename decltype(numbers)::Type;
    multiply(c.geometry, product<T>(source, gradient, factors, sourceGradient, factorGradient));
  });
}
