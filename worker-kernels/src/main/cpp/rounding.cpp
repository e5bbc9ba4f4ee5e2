// float32 numbers rounded to bfloat16 for the wire.

#include "rounding.h"

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
