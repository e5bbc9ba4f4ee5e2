// From 8-bit pixels to a network's input.
#pragma once

#include "device.cuh"

constexpr int VALUES = 256;

// The number of each channel's value, by a table: the same bits as on the host. An image that does not count is zeros.
// at: 0 pixels with channels last, 1 tables, one a channel, 2 weights of samples, 3 result. n: 0 height, 1 width, 2 whether
// the result is mirrored, 3 channels. An index is a number of the result.
DEVICE void normalise_pixels(const Args& a, Index i) {
  const Index width = size(a, 1);
  const Index rows = i / width;
  const Index x = a.n[2] == 0 ? i % width : width - 1 - i % width;
  const Index y = rows % size(a, 0);
  const Index c = rows / size(a, 0) % size(a, 3);
  const Index sample = rows / size(a, 0) / size(a, 3);
  const unsigned value = pointer<unsigned char>(a, 0)[((sample * size(a, 0) + y) * width + x) * size(a, 3) + c];
  pointer<float>(a, 3)[i] = pointer<float>(a, 2)[sample] == 0 ? 0 : pointer<float>(a, 1)[c * VALUES + value];
}
KERNEL(normalise_pixels_any, normalise_pixels)

constexpr int FRACTION_BITS = 22;
constexpr int HALF = 1 << (FRACTION_BITS - 1);

// What an axis of an image says of an output: the first input, the number of inputs, and their weights.
struct Taps {
  const int* at;

  DEVICE int first() const { return at[0]; }
  DEVICE int count() const { return at[1]; }
  DEVICE int weight(int tap) const { return at[2 + tap]; }
};

DEVICE Taps taps(const unsigned char* block, const int64* header, Index output) {
  return {reinterpret_cast<const int*>(block + header[0]) + output * (2 + static_cast<Index>(header[1]))};
}

// Cuts, scales, mirrors and normalises images by tables of their columns and rows, with Pillow's fixed-point sums: each
// pass rounds to 8 bits. What lies outside an image has no inputs, and is black.
// at: 0 block, 1 tables of values, one a channel, 2 weights of samples, 3 result. n: 0 height, 1 width, 2 whether the
// result is mirrored. The block begins with six numbers for each image, as the Java class WindowBlock says. An index is a
// pixel of the result.
template <int CHANNELS>
DEVICE void resize_pixels(const Args& a, Index i) {
  const Index width = size(a, 1);
  const Index plane = size(a, 0) * width;
  const Index sample = i / plane;
  const Index x = i % width;
  float* to = pointer<float>(a, 3) + sample * plane * CHANNELS + i % plane;
  if (pointer<float>(a, 2)[sample] == 0) {
    for (int c = 0; c < CHANNELS; c++) to[c * plane] = 0;
    return;
  }
  const unsigned char* block = pointer<unsigned char>(a, 0);
  const int64* header = pointer<int64>(a, 0) + sample * 6;
  const Taps across = taps(block, header + 2, a.n[2] == 0 ? x : width - 1 - x);
  const Taps down = taps(block, header + 4, i % plane / width);
  const int64 rowBytes = header[1];
  const unsigned char* row = block + header[0] + down.first() * rowBytes + across.first() * CHANNELS;
  int sums[CHANNELS];
  for (int c = 0; c < CHANNELS; c++) sums[c] = HALF;
  for (int y = 0; y < down.count(); y++, row += rowBytes) {
    int line[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) line[c] = HALF;
    for (int tap = 0; tap < across.count(); tap++) {
      for (int c = 0; c < CHANNELS; c++) line[c] += across.weight(tap) * row[tap * CHANNELS + c];
    }
    for (int c = 0; c < CHANNELS; c++) sums[c] += down.weight(y) * (line[c] >> FRACTION_BITS);
  }
  for (int c = 0; c < CHANNELS; c++) to[c * plane] = pointer<float>(a, 1)[c * VALUES + (sums[c] >> FRACTION_BITS)];
}
KERNEL(resize_pixels_colour, resize_pixels<3>)
KERNEL(resize_pixels_grey, resize_pixels<1>)
