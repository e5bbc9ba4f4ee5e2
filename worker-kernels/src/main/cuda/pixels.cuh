// From 8-bit pixels to a network's input.
#pragma once

#include "device.cuh"

constexpr int VALUES = 256;

// The number of each channel's value, by a table: the same bits as on the host. An image that does not count is zeros.
// at: 0 pixels with channels last, 1 tables, one a channel, 2 weights of samples, 3 result. n: 0 channels, 1 pixels of an
// image. An index is a number of the result.
DEVICE void normalise_pixels(const Args& a, Index i) {
  const Index pixel = i % size(a, 1);
  const Index plane = i / size(a, 1);
  const Index c = plane % size(a, 0);
  const Index sample = plane / size(a, 0);
  const unsigned value = pointer<unsigned char>(a, 0)[(sample * size(a, 1) + pixel) * size(a, 0) + c];
  pointer<float>(a, 3)[i] = pointer<float>(a, 2)[sample] == 0 ? 0 : pointer<float>(a, 1)[c * VALUES + value];
}
KERNEL(normalise_pixels_any, normalise_pixels)
