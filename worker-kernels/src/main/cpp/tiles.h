// Blocks of channels on the processor's matrix tiles (AMX): packing pairs of positions, products of panels.
//
// A panel has the pairs of one block of channels, step after step; a step is PAIRS pairs. The right panel's pairs lie
// in rows as they come, the left panel's in columns:
//
//        right: pair 0   c0 c0' c1 c1' ... c31 c31'            left: channel 0   p0 p0' p1 p1' ... p15 p15'
//               pair 1   c0 c0' c1 c1' ... c31 c31'                  channel 1   p0 p0' p1 p1' ... p15 p15'
//               ...                                                  ...
//
// where x and x' are the numbers of the pair's two positions, and channels are in the order of placeOf. Their
// product is a block of 32 x 32 sums, in four tiles.
#pragma once

#include "convolution-line.h"

#ifdef __AVX512BF16__

namespace {

constexpr int64 PAIRS = 16;              // of a tile
constexpr int64 PAIR_BYTES = 4 * BLOCK;  // of a block
constexpr int64 STEP_BYTES = PAIRS * PAIR_BYTES;
constexpr int64 SUMS = BLOCK * BLOCK;  // of two blocks and a tap

typedef short Shorts __attribute__((ext_vector_type(BLOCK)));
typedef Ints Square[LANES];

INLINE Shorts loadBlock(const BFloat16* from, unsigned mask) {
  typedef short Native __attribute__((vector_size(64)));
  return __builtin_ia32_loaddquhi512_mask(reinterpret_cast<const Native*>(from), Native{}, mask);
}

INLINE void storeInts(Ints x, void* to) { __builtin_memcpy(to, &x, sizeof x); }

// Pairs the numbers of two positions. In each quarter the first vector has four channels, and the second the next four.
INLINE Ints firstPairs(Shorts a, Shorts b) {
  return __builtin_bit_cast(
      Ints, __builtin_shufflevector(
                a, b, 0, 32, 1, 33, 2, 34, 3, 35, 8, 40, 9, 41, 10, 42, 11, 43, 16, 48, 17, 49, 18, 50, 19, 51, 24, 56,
                25, 57, 26, 58, 27, 59));
}
INLINE Ints secondPairs(Shorts a, Shorts b) {
  return __builtin_bit_cast(
      Ints, __builtin_shufflevector(
                a, b, 4, 36, 5, 37, 6, 38, 7, 39, 12, 44, 13, 45, 14, 46, 15, 47, 20, 52, 21, 53, 22, 54, 23, 55, 28,
                60, 29, 61, 30, 62, 31, 63));
}

// Where a block's channel comes to lie: its tile and the place in it.
INLINE int64 tileOf(int64 channel) { return channel / 4 % 2; }
INLINE int64 placeOf(int64 channel) { return channel / 8 * 4 + channel % 4; }

// Sixteen vectors of pairs become one tile.
INLINE void transpose(const Square& from, char* to) {
  Square a, b;
#pragma unroll
  for (int i = 0; i < LANES; i += 2) {
    a[i] = __builtin_shufflevector(from[i], from[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    a[i + 1] =
        __builtin_shufflevector(from[i], from[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
  }
#pragma unroll
  for (int i = 0; i < LANES; i += 4) {
#pragma unroll
    for (int j = 0; j < 2; j++) {
      Ints c = a[i + j], d = a[i + 2 + j];
      b[i + 2 * j] = __builtin_shufflevector(c, d, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
      b[i + 2 * j + 1] = __builtin_shufflevector(c, d, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
  }
#define EVEN(c, d) __builtin_shufflevector(c, d, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define ODD(c, d) __builtin_shufflevector(c, d, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
#pragma unroll
  for (int j = 0; j < 4; j++) {
    Ints even = EVEN(b[j], b[4 + j]), odd = ODD(b[j], b[4 + j]);
    Ints evenAfter = EVEN(b[8 + j], b[12 + j]), oddAfter = ODD(b[8 + j], b[12 + j]);
    storeInts(EVEN(even, evenAfter), to + j * CACHE_LINE);
    storeInts(EVEN(odd, oddAfter), to + (4 + j) * CACHE_LINE);
    storeInts(ODD(even, evenAfter), to + (8 + j) * CACHE_LINE);
    storeInts(ODD(odd, oddAfter), to + (12 + j) * CACHE_LINE);
  }
#undef EVEN
#undef ODD
}

// Calls body(block, mask) for some blocks: mask has a bit for each channel, of which the tensor's last block may have
// fewer than others.
template <class Body>
INLINE void eachBlock(int64 first, int64 blocks, int64 numbers, const Body& body) {
  int64 whole = most(first, least(first + blocks, numbers / BLOCK));
  for (int64 b = first; b < whole; b++) body(b, ~0u);
  if (whole < first + blocks) body(whole, (1u << numbers % BLOCK) - 1);
}

// Whether the processor has tiles, and multiplies bfloat16 on them.
bool hasTiles() {
  constexpr unsigned FEATURES = 7, BFLOAT16_TILES = 1 << 22, TILES = 1 << 24;
  unsigned a = 0, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  if (a < FEATURES) return false;
  a = FEATURES;
  c = 0;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (d & BFLOAT16_TILES) != 0 && (d & TILES) != 0;
}

// Permission to use tiles, which Linux gives to a process once and for all.
bool ask() {
  constexpr int64 CALL = 158, REQUEST = 0x1023, TILES = 18;  // arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)
  int64 error;
  __asm__ volatile("syscall" : "=a"(error) : "a"(CALL), "D"(REQUEST), "S"(TILES) : "rcx", "r11", "memory");
  return error == 0;
}

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16"))), apply_to = function)

// All eight tiles have 16 rows of 64 bytes.
void configure() {
  alignas(CACHE_LINE) unsigned char palette[CACHE_LINE] = {1};
  for (int tile = 0; tile < 8; tile++) {
    palette[16 + 2 * tile] = CACHE_LINE;
    palette[48 + tile] = PAIRS;
  }
  __builtin_ia32_tile_loadconfig(palette);
}

void release() { __builtin_ia32_tilerelease(); }

// Multiplies parts of two panels, and adds to sums unless these begin here.
void multiply(const char* left, const char* right, int64 steps, float* sums, bool begin) {
  constexpr int64 TILE = SUMS / 4;
  if (begin) {
    __builtin_ia32_tilezero(0);
    __builtin_ia32_tilezero(1);
    __builtin_ia32_tilezero(2);
    __builtin_ia32_tilezero(3);
  } else {
    // Each is loaded just before it is used, for the last product may still be storing them.
    __builtin_ia32_tileloadd64(4, left, CACHE_LINE);
    __builtin_ia32_tileloadd64(6, right, PAIR_BYTES);
    __builtin_ia32_tileloadd64(0, sums, CACHE_LINE);
    __builtin_ia32_tdpbf16ps(0, 4, 6);
    __builtin_ia32_tileloadd64(7, right + CACHE_LINE, PAIR_BYTES);
    __builtin_ia32_tileloadd64(1, sums + TILE, CACHE_LINE);
    __builtin_ia32_tdpbf16ps(1, 4, 7);
    __builtin_ia32_tileloadd64(5, left + STEP_BYTES / 2, CACHE_LINE);
    __builtin_ia32_tileloadd64(2, sums + 2 * TILE, CACHE_LINE);
    __builtin_ia32_tdpbf16ps(2, 5, 6);
    __builtin_ia32_tileloadd64(3, sums + 3 * TILE, CACHE_LINE);
    __builtin_ia32_tdpbf16ps(3, 5, 7);
  }
  for (int64 i = begin ? 0 : 1; i < steps; i++) {
    const char *a = left + i * STEP_BYTES, *b = right + i * STEP_BYTES;
    __builtin_ia32_tileloadd64(4, a, CACHE_LINE);
    __builtin_ia32_tileloadd64(6, b, PAIR_BYTES);
    __builtin_ia32_tileloadd64(7, b + CACHE_LINE, PAIR_BYTES);
    __builtin_ia32_tdpbf16ps(0, 4, 6);
    __builtin_ia32_tdpbf16ps(1, 4, 7);
    __builtin_ia32_tileloadd64(5, a + STEP_BYTES / 2, CACHE_LINE);
    __builtin_ia32_tdpbf16ps(2, 5, 6);
    __builtin_ia32_tdpbf16ps(3, 5, 7);
  }
  __builtin_ia32_tilestored64(0, sums, CACHE_LINE);
  __builtin_ia32_tilestored64(1, sums + TILE, CACHE_LINE);
  __builtin_ia32_tilestored64(2, sums + 2 * TILE, CACHE_LINE);
  __builtin_ia32_tilestored64(3, sums + 3 * TILE, CACHE_LINE);
}

#pragma clang attribute pop

// Where a sum lies among those of two blocks and a tap.
INLINE int64 placeOf(int64 left, int64 right) {
  return (2 * tileOf(left) + tileOf(right)) * (SUMS / 4) + placeOf(left) * LANES + placeOf(right);
}

}  // namespace

#endif
