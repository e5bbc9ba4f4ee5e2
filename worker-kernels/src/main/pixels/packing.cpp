// From 8-bit pixels with channels last to numbers of a network's input, by tables of the 256 values, and mirroring.

#include "pixels.h"

namespace {

// (pixels, channels) to (channels, pixels).
template <class T>
void planes(const uint8* from, int64 pixels, int64 channels, const T* tables, T* to) {
  if (channels == 1) {
    for (int64 i = 0; i < pixels; i++) to[i] = tables[from[i]];
    return;
  }
  T* red = to;
  T* green = to + pixels;
  T* blue = to + 2 * pixels;
  for (int64 i = 0; i < pixels; i++, from += 3) {
    red[i] = tables[from[0]];
    green[i] = tables[256 + from[1]];
    blue[i] = tables[512 + from[2]];
  }
}

struct Pixel {
  uint8 red, green, blue;
};

template <class P>
void mirrored(P* pixels, int64 height, int64 width) {
  for (int64 y = 0; y < height; y++, pixels += width) {
    for (P *left = pixels, *right = pixels + width - 1; left < right; left++, right--) {
      P kept = *left;
      *left = *right;
      *right = kept;
    }
  }
}

}  // namespace

// Tables and results are numbers of 4 or 2 bytes; a table is of one channel.
NATIVE(void, pack)
(void*, void*, int64 source, int64 pixels, int64 channels, int64 tables, int64 numberBytes, int64 result) {
  if (numberBytes == 4) {
    planes(pointer<uint8>(source), pixels, channels, pointer<unsigned>(tables), pointer<unsigned>(result));
  } else {
    planes(pointer<uint8>(source), pixels, channels, pointer<uint16>(tables), pointer<uint16>(result));
  }
}

NATIVE(void, mirror)(void*, void*, int64 image, int64 height, int64 width, int64 channels) {
  if (channels == 1) {
    mirrored(pointer<uint8>(image), height, width);
  } else {
    mirrored(pointer<Pixel>(image), height, width);
  }
}
