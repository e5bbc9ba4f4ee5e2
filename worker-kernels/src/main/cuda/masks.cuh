// The factors of dropout, by the same counters as on the host: SplitMix64 from a start that the pass's key and the node's
// name give.
#pragma once

#include "device.cuh"

using uint64 = unsigned long long;

DEVICE uint64 splitMix(uint64 start, uint64 position) {
  uint64 z = start + (position + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// Uniform in [0, 1). at: 0 the pass's key. n: 0 hash of the node's name.
DEVICE double uniform(const Args& a, uint64 position) {
  const uint64 start = static_cast<uint64>(a.n[0]) ^ splitMix(*pointer<uint64>(a, 0), 0);
  return static_cast<double>(splitMix(start, position) >> 11) * 0x1p-53;
}

DEVICE double numberOf(int64 bits) {
#ifdef __CUDACC__
  return __longlong_as_double(bits);
#else
  return __builtin_bit_cast(double, bits);
#endif
}

// 0 where a factor drops, else the scale. An index is a factor of the mask in C order (sample, channel, positions).
// at: key, mask. n: 0 hash, 1 bits of the probability, 2 channels, 3 positions. f: scale. The mask lies channels last.
DEVICE void mask(const Args& a, Index i) {
  const Index channels = size(a, 2);
  const Index positions = size(a, 3);
  const Index position = i % positions;
  const Index channel = i / positions % channels;
  const Index sample = i / positions / channels;
  const float factor = uniform(a, i) < numberOf(a.n[1]) ? 0 : a.f[0];
  pointer<float>(a, 1)[(sample * positions + position) * channels + channel] = factor;
}
KERNEL(mask_any, mask)

// 0 where any block covers a position, else 1. An index is an element of the mask, channels last.
// at: key, mask. n: 0 hash, 1 bits of the rate of blocks, 2 channels, 3-5 positions by dimension, 6-8 block by dimension.
DEVICE void block_mask(const Args& a, Index i) {
  const int size3[3] = {static_cast<int>(a.n[3]), static_cast<int>(a.n[4]), static_cast<int>(a.n[5])};
  const int block[3] = {static_cast<int>(a.n[6]), static_cast<int>(a.n[7]), static_cast<int>(a.n[8])};
  const Index channels = size(a, 2);
  const Index positions = static_cast<Index>(size3[0] * size3[1] * size3[2]);
  const Index row = i / channels;
  const int64 map = static_cast<int64>(row / positions) * channels + i % channels;
  const Index position = row % positions;
  const int at[3] = {static_cast<int>(position / size3[2] / size3[1]), static_cast<int>(position / size3[2] % size3[1]),
                     static_cast<int>(position % size3[2])};
  int low[3];
  int high[3];
  int places[3];
  for (int d = 0; d < 3; d++) {
    places[d] = size3[d] - block[d] + 1;
    low[d] = most(0, at[d] - block[d] + 1);
    high[d] = least(at[d], places[d] - 1);
  }
  bool dropped = false;
  for (int z = low[0]; z <= high[0]; z++) {
    for (int y = low[1]; y <= high[1]; y++) {
      for (int x = low[2]; x <= high[2]; x++) {
        const int64 place = ((map * places[0] + z) * places[1] + y) * places[2] + x;
        dropped = dropped || uniform(a, static_cast<uint64>(place)) < numberOf(a.n[1]);
      }
    }
  }
  pointer<float>(a, 1)[i] = dropped ? 0 : 1;
}
KERNEL(block_mask_any, block_mask)

// Scales what is kept by the elements of the mask over the kept ones. at: mask, kept. n: elements.
DEVICE void block_scale(const Args& a, Index i) {
  float* mask = pointer<float>(a, 0);
  if (mask[i] != 0) mask[i] = static_cast<float>(static_cast<double>(a.n[0]) / *pointer<float>(a, 1));
}
KERNEL(block_scale_any, block_scale)

// 1 where a patch is among those of a sample with the least numbers, else 0. An index is an element of the mask (sample, rows,
// columns). at: key, mask. n: 0 hash, 1 kept patches, 2 rows, 3 columns, 4 side of a patch.
DEVICE void patch_mask(const Args& a, Index i) {
  const Index rows = size(a, 2);
  const Index columns = size(a, 3);
  const Index side = size(a, 4);
  const Index across = columns / side;
  const Index patches = rows / side * across;
  const Index patch = i / columns % rows / side * across + i % columns / side;
  const uint64 first = static_cast<uint64>(i / columns / rows) * patches;
  const double own = uniform(a, first + patch);
  Index less = 0;
  for (Index other = 0; other < patches; other++) {
    const double number = uniform(a, first + other);
    if (number < own || (number == own && other < patch)) less++;
  }
  pointer<float>(a, 1)[i] = less < size(a, 1) ? 1 : 0;
}
KERNEL(patch_mask_any, patch_mask)
