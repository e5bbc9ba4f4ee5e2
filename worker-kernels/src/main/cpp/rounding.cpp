// float32 numbers rounded to bfloat16 for the wire, by operations on whole words. The processors' own conversion is not
// used: it takes numbers below 2^-126 for zero, and executors with and without it must send the same bytes.

#include "calls.h"

namespace {

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

}  // namespace

NATIVE(void, bfloat16Round)(void*, void*, int64 address, int64 count) {
  Word* numbers = pointer<Word>(address);
  everywhere(count, [&](auto type, int64 i) {
    using W = typename decltype(type)::Type;
    write(rounded(read<W>(numbers + i)), numbers + i);
  });
}

// Word i takes number i in its lower half and number words + i in its upper half.
NATIVE(void, bfloat16Pack)(void*, void*, int64 address, int64 result, int64 count) {
  const Word* lower = pointer<Word>(address);
  Word* to = pointer<Word>(result);
  int64 words = upwards(count, 2);
  const Word* upper = lower + words;
  everywhere(count - words, [&](auto type, int64 i) {
    using W = typename decltype(type)::Type;
    write((rounded(read<W>(lower + i)) >> 16) | rounded(read<W>(upper + i)), to + i);
  });
  if (count % 2) to[words - 1] = rounded(lower[words - 1]) >> 16;
}

NATIVE(void, bfloat16Unpack)(void*, void*, int64 address, int64 result, int64 count) {
  const Word* from = pointer<Word>(address);
  Word* lower = pointer<Word>(result);
  int64 words = upwards(count, 2);
  Word* upper = lower + words;
  everywhere(count - words, [&](auto type, int64 i) {
    using W = typename decltype(type)::Type;
    W both = read<W>(from + i);
    write(both & W(0xffff0000), upper + i);
    write(both << 16, lower + i);
  });
  if (count % 2) lower[words - 1] = from[words - 1] << 16;
}

// The rounded sum, in the place of the first operand.
NATIVE(void, bfloat16Add)(void*, void*, int64 address, int64 addend, int64 count) {
  float* sum = pointer<float>(address);
  const float* other = pointer<float>(addend);
  int64 i = 0;
  for (; i + LANES <= count; i += LANES) {
    Words bits = __builtin_bit_cast(Words, load(sum + i) + load(other + i));
    store(__builtin_bit_cast(Floats, rounded(bits)), sum + i);
  }
  for (; i < count; i++) sum[i] = __builtin_bit_cast(float, rounded(__builtin_bit_cast(Word, sum[i] + other[i])));
}
