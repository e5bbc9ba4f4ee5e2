// Rounding of float32 numbers to bfloat16 by operations on whole words. The processors' own conversion is not used: it
// takes numbers below 2^-126 for zero, and executors with and without it must send the same bytes.
#pragma once

#include "calls.h"

typedef unsigned Word;

// To the nearest, ties to even; NaN stays NaN. The lower half is zero.
template <class W>
INLINE W rounded(W bits) {
  // All ones for a NaN, whose bits may not be carried over into the sign.
  W nan = W(0) - ((W(0x7f800000) - (bits & W(0x7fffffff))) >> 31);
  W up = (W(0x7fff) + ((bits >> 16) & W(1))) & ~nan;
  return ((bits + up) | (nan & W(0x00400000))) & W(0xffff0000);
}

template <class W>
INLINE W read(const Word* from) {
  W x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}

template <class W>
INLINE void write(W x, Word* to) { __builtin_memcpy(to, &x, sizeof x); }

// Calls body with the type of a vector and with that of one number, for places that together are `count`.
template <class Body>
INLINE void everywhere(int64 count, const Body& body) {
  int64 i = 0;
  for (; i + LANES <= count; i += LANES) body(Numbers<Words>{}, i);
  for (; i < count; i++) body(Numbers<Word>{}, i);
}
