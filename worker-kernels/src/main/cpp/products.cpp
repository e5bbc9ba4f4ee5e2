// The gradients of a product of a tensor with one factor a sample and channel, as squeeze-and-excitation has it: both
// in one pass over what was multiplied and over the slope.

#include "calls.h"
#include "threads.h"

namespace {

constexpr int NEIGHBOURS = 8;  // blocks whose factors and sums stay in registers, with channels last

struct Geometry {
  int64 samples, channels, positions;
  bool blocked;

  int64 blocks() const { return (channels + LANES - 1) / LANES; }
  int64 bundles() const { return blocked ? blocks() : (blocks() + NEIGHBOURS - 1) / NEIGHBOURS; }
};

// Where a bundle's numbers begin: those of all positions, and those of which there is one a channel.
template <class T>
struct Product {
  const T* source;
  const T* slope;
  const T* factors;
  T* bySource;  // may be slope
  T* byFactors;

  Product from(int64 number, int64 channel) const {
    return {source + number, slope + number, factors + channel, bySource + number, byFactors + channel};
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
        Floats slope = load(at.slope + i);
        sum[b] = fma(load(at.source + i), slope, sum[b]);
        store(slope * factor[b], at.bySource + i);
      }
    }
    for (int b = 0; b < BLOCKS; b++) store(sum[b], at.byFactors + b * LANES);
    at = at.from(BLOCKS * LANES, BLOCKS * LANES);
  }
  if constexpr (BLOCKS > 1) multiplyBlocks<BLOCKS / 2>(at, positions, pitch, blocks);
}

// The last channels of a row, which fill no vector.
template <class T>
void multiplyPart(Product<T> at, int64 positions, int64 pitch, int64 channels) {
  Floats factor = loadPart(at.factors, channels), sum = {};
  for (int64 i = 0; i < positions * pitch; i += pitch) {
    Floats slope = loadPart(at.slope + i, channels);
    sum = fma(loadPart(at.source + i, channels), slope, sum);
    storePart(slope * factor, at.bySource + i, channels);
  }
  storePart(sum, at.byFactors, channels);
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
Product<T> product(int64 source, int64 slope, int64 factors, int64 bySource, int64 byFactors) {
  return {pointer<T>(source), pointer<T>(slope), pointer<T>(factors), pointer<T>(bySource), pointer<T>(byFactors)};
}

}  // namespace

NATIVE(void, productBackward)(
    void*, void*, int64 samples, int64 channels, int64 positions, bool blocked, bool bfloat16, int64 source,
    int64 slope, int64 factors, int64 bySource, int64 byFactors) {
  Geometry g{samples, channels, positions, blocked};
  withNumbers(bfloat16, [&](auto numbers) {
    using T = typename decltype(numbers)::Type;
    multiply(g, product<T>(source, slope, factors, bySource, byFactors));
  });
}
