// The line that positions of a convolution's planes lie on, row after row and sample after sample. It is laid out so
// that a tap of the window is at a constant distance along the line from every position of the result.
//
// A plane of 3 x 4 positions, a window of 3 x 3 with a padding of 1, stride 1. Numbers are positions, dots are zeros
// between rows and samples, which the window finds where it reaches beyond a border:
//
//          row 0       row 1       row 2       between     the next sample
//        0 1 2 3 .   4 5 6 7 .   8 9 a b .   . . . . .     0 1 2 3 .  ...
//                        ^
//        position 6 is at 7 of the line; under its window lies the source, on the same line, at
//
//        tap (0,0) at 7 - 6 = 1      tap (0,1) at 2      tap (0,2) at 3
//        tap (1,0) at 7 - 1 = 6      tap (1,1) at 7      tap (1,2) at 8
//        tap (2,0) at 7 + 4 = 11     tap (2,1) at 12     tap (2,2) at 13
//
// So tap (i,j) is always 5 i + j behind the first tap, and its weight gradient is the product of two lines, the
// gradient's and the source's, of which one is moved. The zero behind a row serves that row's last position and the
// next row's first.
//
// With a stride of 2, taps 0, 2, 4... read the even positions of the source and taps 1, 3, 5... the odd ones. Each
// remainder has a line of its own on which its taps are at constant distances again.
#pragma once

#include "vectors.h"

namespace {

constexpr int64 BLOCK = 32;  // channels: two tiles

// A direction of the planes.
struct Axis {
  int64 size, outSize, kernel, stride, pad, dilation;

  // Taps of one remainder by the stride read the same positions of source; the first of them leads.
  int64 leader(int64 tap) const {
    int64 first = 0;
    while ((tap - first) * dilation % stride != 0) first++;
    return first;
  }

  // How far a tap moves along the line, where its leader begins, and which of the leaders that is.
  int64 shift(int64 tap) const { return (tap - leader(tap)) * dilation / stride; }
  int64 offset(int64 tap) const { return leader(tap) * dilation - pad; }
  int64 remainder(int64 tap) const {
    int64 before = 0;
    for (int64 i = 0; i < leader(tap); i++) before += leader(i) == i;
    return before;
  }

  int64 remainders() const {
    int64 all = 0;
    for (int64 i = 0; i < kernel; i++) all += leader(i) == i;
    return all;
  }

  int64 reach() const {
    int64 far = 0;
    for (int64 i = 0; i < kernel; i++) far = most(far, shift(i));
    return far;
  }

  // Whether taps that reach beyond `length` find zeros, which are those before the next begin.
  bool parts(int64 length) const {
    for (int64 i = 0; i < kernel; i++) {
      for (int64 at = length; at < outSize + shift(i); at++) {
        if (at * stride + offset(i) < size || (at - length) * stride + offset(i) >= 0) return false;
      }
    }
    return true;
  }

  // What this direction takes on the line.
  int64 length() const {
    int64 length = outSize;
    while (!parts(length)) length++;
    return length;
  }
};

struct Geometry {
  int64 samples, channels, outChannels;
  Axis rows, columns;

  // Few channels' columns under the window are taken for channels.
  bool folded() const {
    int64 together = columns.kernel * channels;
    return columns.kernel > 1 && columns.dilation == 1 && channels <= BLOCK / 2 && together <= 2 * BLOCK;
  }
  Axis unfolded() const {
    return folded() ? Axis{columns.size, columns.outSize, 1, columns.stride, columns.pad, 1} : columns;
  }
  int64 sourceNumbers() const { return folded() ? columns.kernel * channels : channels; }
  int64 windowTaps() const { return rows.kernel * columns.kernel; }
};

}  // namespace
