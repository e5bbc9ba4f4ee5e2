// The sum of several vectors of float32 along a binary tree, in one pass: each operand is read once, in the form in which
// it lies in memory, and only the sum is written. Sums on the way stay in the first cache.

#include "rounding.h"

namespace {

// Numbers that are summed at a time.
constexpr int64 BLOCK = 512;

// Operands that are known at a time.
constexpr int64 PAGE = 64;

// The most sums that wait for the rest of their node. A tree has fewer than 2^31 leaves.
constexpr int DEPTH = 33;

struct Operand {
  int64 address;
  // Whether two numbers are in a word, as bfloat16Pack has put them there.
  int64 packed;
  // How many additions follow, each of the last two sums that wait.
  int64 additions;
};

// A Java array of operands, of any length.
class Operands {
 public:
  const int64 count;

  Operands(void* environment, void* array, int64 count) : count(count), environment(environment), array(array) {}

  INLINE const Operand& at(int64 i) {
    if (i / PAGE != known) {
      known = i / PAGE;
      int64 from = known * PAGE;
      copyNumbers(environment, array, from * WORDS, least(PAGE, count - from) * WORDS, page);
    }
    return page[i % PAGE];
  }

 private:
  static constexpr int64 WORDS = sizeof(Operand) / sizeof(int64);

  void* environment;
  void* array;
  int64 known = -1;
  Operand page[PAGE];
};

INLINE Floats floats(Words bits) { return __builtin_bit_cast(Floats, bits); }

INLINE float floats(Word bits) { return __builtin_bit_cast(float, bits); }

template <bool BFLOAT16, class W>
INLINE W node(W bits) {
  return BFLOAT16 ? rounded(bits) : bits;
}

// The sum of a piece of all operands. `waiting` are the sums that wait, `depth` says how many.
template <bool BFLOAT16>
class Piece {
 public:
  INLINE Piece(Operands& operands, int64 count) : operands(operands), count(count) {}

  // `from` is the place of the piece in a float32 operand and in the result, `word` in a packed one; `upper` says which
  // half of a word counts.
  INLINE void sum(int64 from, int64 word, bool upper, Word* result) {
    for (int64 i = 0; i < operands.count; i++) {
      const Operand& operand = operands.at(i);
      int64 row = depth - operand.additions;
      // The result may lie in the place of an operand, so it is written when all have been read.
      Word* to = i == operands.count - 1 ? result + from : waiting[row];
      const Word* numbers = pointer<Word>(operand.address);
      if (!operand.packed) {
        add(row, to, [&](auto bits, int64 j) { return node<BFLOAT16>(read<decltype(bits)>(numbers + from + j)); });
      } else if (upper) {
        add(row, to, [&](auto bits, int64 j) { return read<decltype(bits)>(numbers + word + j) & 0xffff0000; });
      } else {
        add(row, to, [&](auto bits, int64 j) { return read<decltype(bits)>(numbers + word + j) << 16; });
      }
      depth = row + 1;
    }
  }

 private:
  template <class Read>
  INLINE void add(int64 row, Word* to, const Read& operand) {
    int64 last = depth - 1;
    everywhere(count, [&](auto type, int64 j) {
      using W = typename decltype(type)::Type;
      W sum = operand(W(), j);
      for (int64 left = last; left >= row; left--) {
        W other = read<W>(waiting[left] + j);
        sum = node<BFLOAT16>(__builtin_bit_cast(W, floats(other) + floats(sum)));
      }
      write(sum, to + j);
    });
  }

  Operands& operands;
  int64 count;
  int64 depth = 0;
  Word waiting[DEPTH][BLOCK];
};

template <bool BFLOAT16>
void sum(Operands& operands, Word* result, int64 count) {
  int64 lower = upwards(count, 2);
  for (int64 at = 0; at < lower; at += BLOCK) {
    Piece<BFLOAT16>(operands, least(BLOCK, lower - at)).sum(at, at, false, result);
    int64 left = least(BLOCK, count - lower - at);
    if (left > 0) Piece<BFLOAT16>(operands, left).sum(lower + at, at, true, result);
  }
}

}  // namespace

NATIVE(void, treeSum)(void* environment, void*, void* array, int64 many, int64 bfloat16, int64 address, int64 count) {
  Operands operands(environment, array, many);
  if (bfloat16) {
    sum<true>(operands, pointer<Word>(address), count);
  } else {
    sum<false>(operands, pointer<Word>(address), count);
  }
}
