// The gradient by weight of a convolution in bfloat16 with channels last, on the processor's matrix tiles: for each
// pair of channels and each tap of the window, the sum of slope times source over all samples and positions.
//
// Positions of the result lie on a line, row after row and sample after sample. Rows have columns of zeros behind them
// and samples have rows of zeros, where the window would else reach into the next. So a tap is a constant way along
// the line, and both tensors are packed once for all taps; with strides, the source is packed once for each remainder.
//
// The unit of packing is a pair of positions, half a line apart rather than neighbours: then taps move by whole pairs.
// One tensor's panels have pairs in rows, as they come; the other's are transposed. The product of two panels is a
// block of 32 x 32 sums in four tiles. A window over few channels takes the columns under it for channels, for these
// lie side by side in memory.
//
// The work is divided into items: a slab of the line and a part of the blocks. Each has panels of its own, so threads
// only meet at the end. The geometry alone decides on slabs, whose sums are added in their order, and within a slab
// every sum goes along the line, however blocks are shared out. So the result does not depend on the threads.

#include "calls.h"
#include "threads.h"

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

#ifdef __AVX512BF16__

constexpr int64 PAIRS = 16;              // of a tile
constexpr int64 PAIR_BYTES = 4 * BLOCK;  // of a block
constexpr int64 STEP_BYTES = PAIRS * PAIR_BYTES;
constexpr int64 SUMS = BLOCK * BLOCK;  // of two blocks and a tap

constexpr int64 PANEL_BYTES = 640 << 10;  // of each tensor: about what the second-level cache holds of both
constexpr int64 LEAST_STEPS = 16;         // of a chunk, where the window reaches far
constexpr int64 NEAR_STEPS = 10;          // at most, of which two panels stay in the first-level cache
constexpr int64 PRODUCTS = 64;            // of blocks and taps, whose sums stay in the second-level cache meanwhile
constexpr int64 NEAR_SUMS = 192 << 10;    // of an item, which stay there from one chunk to the next
constexpr int64 SLABS = 64;               // at most
constexpr int64 SLAB_STEPS = 16;          // at least
constexpr int64 SLAB_SUMS = 256 << 10;    // of all slabs, about: they are written and read once more

// Memory is asked for, to be read from the second-level cache, so many steps ahead.
constexpr int64 AHEAD = 1;
constexpr int READ = 0, SECOND_LEVEL = 2;
constexpr int64 EDGES = (AHEAD + 1) * PAIRS;  // in use at a time

INLINE int64 downwards(int64 a, int64 b) { return a < 0 ? -upwards(-a, b) : a / b; }

// A tensor as the line sees it.
struct View {
  const BFloat16* tensor;
  int64 channels;  // from one position to the next
  int64 numbers;   // of a position, more than its channels where columns are taken together
  int64 height, width, rowStep, columnStep;
  int64 row, column;  // that the line begins at
};

// What follows from the geometry alone.
struct Plan {
  const Geometry g;
  int64 taps, variants, reach;
  int64 lineRows, lineColumns;
  bool swapped;  // source is transposed rather than slope
  int64 leftNumbers, rightNumbers, leftBlocks, rightBlocks;
  int64 steps, slabs;

  Plan(const Geometry& g) : g(g) {
    Axis columns = g.unfolded();
    taps = g.rows.kernel * columns.kernel;
    variants = g.rows.remainders() * columns.remainders();
    lineRows = g.rows.length();
    lineColumns = columns.length();
    reach = g.rows.reach() * lineColumns + columns.reach();
    swapped = g.windowTaps() == 1 && g.channels < g.outChannels;
    leftNumbers = swapped ? g.channels : g.outChannels;
    rightNumbers = swapped ? g.outChannels : g.sourceNumbers();
    leftBlocks = upwards(leftNumbers, BLOCK);
    rightBlocks = upwards(rightNumbers, BLOCK);
    steps = upwards(g.samples * lineRows * lineColumns, 2 * PAIRS);
    slabs = 1;
    while (2 * slabs * slabSums() <= SLAB_SUMS && 2 * slabs <= SLABS && 2 * slabs * SLAB_STEPS <= steps) slabs *= 2;
  }

  int64 half() const { return steps * PAIRS; }
  int64 slabSums() const { return leftBlocks * rightBlocks * taps * SUMS; }
  int64 firstStep(int64 slab) const { return slab * steps / slabs; }

  // A run of the result is what its rows have in one block, or all of a row where columns were taken for channels.
  int64 runs() const { return g.folded() ? 1 : rightBlocks; }
  int64 runNumbers() const { return g.folded() ? g.channels * g.windowTaps() : BLOCK * taps; }

  // Of the numbers of one position.
  int64 rowBytes() const {
    return upwards(most(leftNumbers, rightNumbers) * sizeof(BFloat16), CACHE_LINE) * CACHE_LINE;
  }

  // Of a right block's panel, for one variant. Taps reach beyond the chunk. A pair more, lest all panels begin in the
  // same places of the caches.
  int64 panelBytes(int64 chunkSteps) const { return (chunkSteps + reachSteps()) * STEP_BYTES + PAIR_BYTES; }
  int64 reachSteps() const { return upwards(reach, PAIRS); }

  // The steps of a chunk of which so many right blocks' panels fit.
  int64 chunkSteps(int64 blocks) const {
    return (rightBytes() / (variants * blocks) - PAIR_BYTES) / STEP_BYTES - reachSteps();
  }

  // Of a thread: however blocks are shared out, at least one step of all left blocks fits, and a short chunk of one
  // right block.
  int64 leftBytes() const { return most(PANEL_BYTES, leftBlocks * STEP_BYTES); }
  int64 rightBytes() const { return most(PANEL_BYTES, variants * panelBytes(LEAST_STEPS)); }
  int64 memberBytes() const { return leftBytes() + rightBytes() + 2 * EDGES * rowBytes(); }
};

// How a team shares out a slab's blocks, and how many steps a chunk of the line has.
struct Shares {
  int64 leftParts, rightParts, chunkSteps, groupBlocks;

  static Shares of(const Plan& p, int64 team) {
    Shares best{};
    int64 bestCost = 0;
    for (int64 l = 1; l <= p.leftBlocks; l = l < p.leftBlocks ? least(2 * l, p.leftBlocks) : l + 1) {
      for (int64 r = 1; r <= p.rightBlocks; r = r < p.rightBlocks ? least(2 * r, p.rightBlocks) : r + 1) {
        Shares s{l, r, 0, 0};
        int64 cost = s.fit(p, team);
        if (bestCost == 0 || cost < bestCost) {
          best = s;
          bestCost = cost;
        }
      }
    }
    return best;
  }

  // Cycles for a step of a block and for a step of a product, and for loading and storing a product's sums.
  static constexpr int64 PACK_LEFT = 400, PACK_RIGHT = 300, MULTIPLY = 85, NEAR_TOUCH = 250, FAR_TOUCH = 1300;

  // Sizes chunks, and returns about how many cycles the busiest thread has to work.
  int64 fit(const Plan& p, int64 team) {
    int64 lefts = upwards(p.leftBlocks, leftParts), rights = upwards(p.rightBlocks, rightParts);
    int64 slabSteps = upwards(p.steps, p.slabs);
    int64 fitting = least(p.leftBytes() / (lefts * STEP_BYTES), p.chunkSteps(1));
    if (p.chunkSteps(rights) >= LEAST_STEPS) fitting = least(fitting, p.chunkSteps(rights));
    int64 chunks = upwards(slabSteps, fitting);
    chunkSteps = upwards(slabSteps, chunks);
    groupBlocks = least(rights, p.rightBytes() / (p.variants * p.panelBytes(chunkSteps)));
    int64 products = lefts * rights * p.taps;
    int64 touch = products * SUMS <= NEAR_SUMS ? NEAR_TOUCH : FAR_TOUCH;
    int64 packLeft = slabSteps * lefts * PACK_LEFT;
    int64 packRight = (slabSteps + chunks * p.reachSteps()) * rights * p.variants * PACK_RIGHT;
    int64 multiply = products * (slabSteps * MULTIPLY + chunks * touch);
    return upwards(p.slabs * leftParts * rightParts, team) * (packLeft + packRight + multiply);
  }
};

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

// Walks over a tensor along the line.
class Cursor {
 public:
  // Where a window of columns sticks out of its row, its numbers are written to one of the edges in turn.
  Cursor(const Plan& plan, const View& view, int64 position, const BFloat16* zeros, BFloat16* edges)
      : p(plan), v(view), zeros(zeros), edges(edges) {
    column = position % p.lineColumns;
    row = position / p.lineColumns % p.lineRows;
    sample = position / p.lineColumns / p.lineRows;
    int64 after = v.numbers / v.channels - 1;
    first = most(0, upwards(-v.column, v.columnStep));
    end = downwards(v.width - 1 - after - v.column, v.columnStep) + 1;
    seek();
  }

  // The numbers here. Then goes on to the next position.
  INLINE const BFloat16* next() {
    const BFloat16* here = column >= first && column < end ? from + column * advance : border();
    if (++column == p.lineColumns) turn();
    return here;
  }

 private:
  const Plan& p;
  const View& v;
  const BFloat16* const zeros;
  BFloat16* const edges;
  int64 edgesUsed = 0;
  int64 column, row, sample;
  int64 first, end;  // columns that lie wholly inside
  const BFloat16* from;
  int64 advance;

  void turn() {
    column = 0;
    if (++row == p.lineRows) {
      row = 0;
      sample++;
    }
    seek();
  }

  void seek() {
    int64 at = row * v.rowStep + v.row;
    bool inside = at >= 0 && at < v.height && sample < p.g.samples;
    from = inside ? v.tensor + ((sample * v.height + at) * v.width + v.column) * v.channels : zeros;
    advance = inside ? v.columnStep * v.channels : 0;
  }

  const BFloat16* border() {
    if (v.numbers == v.channels || advance == 0) return zeros;
    BFloat16* edge = edges + edgesUsed++ % EDGES * (p.rowBytes() / sizeof(BFloat16));
    int64 begin = (column * v.columnStep + v.column) * v.channels;
    for (int64 i = 0; i < v.numbers; i++) {
      bool inside = begin + i >= 0 && begin + i < v.width * v.channels;
      edge[i] = inside ? from[column * advance + i] : BFloat16{0};
    }
    return edge;
  }
};

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

struct ByWeight {
  const Plan p;
  const View source, slope;
  float* const result;
  float* const sums;       // of each slab, left block, right block and tap
  int* const order;        // where the numbers of a run of the result lie among the sums
  int64* const tapPlaces;  // the variant and the shift of each tap
  BFloat16* const zeros;   // a position's
  char* const panels;      // of each thread

  static int64 sumBytes(const Plan& p) { return p.slabs * p.slabSums() * sizeof(float); }
  static int64 orderBytes(const Plan& p) { return upwards(p.runNumbers(), LANES) * CACHE_LINE; }
  static int64 tapBytes(const Plan& p) { return upwards(2 * p.taps * sizeof(int64), CACHE_LINE) * CACHE_LINE; }
  static int64 zeroBytes(const Plan& p) { return p.rowBytes(); }

  static int64 scratchBytes(const Plan& p) {
    return sumBytes(p) + orderBytes(p) + tapBytes(p) + zeroBytes(p) + omp_get_max_threads() * p.memberBytes() +
           CACHE_LINE;
  }

  ByWeight(const Plan& p, const View& source, const View& slope, float* result, char* scratch)
      : p(p), source(source), slope(slope), result(result), sums(reinterpret_cast<float*>(scratch)),
        order(reinterpret_cast<int*>(scratch + sumBytes(p))),
        tapPlaces(reinterpret_cast<int64*>(scratch + sumBytes(p) + orderBytes(p))),
        zeros(reinterpret_cast<BFloat16*>(scratch + sumBytes(p) + orderBytes(p) + tapBytes(p))),
        panels(scratch + sumBytes(p) + orderBytes(p) + tapBytes(p) + zeroBytes(p)) {}

  // A part of a slab's blocks.
  struct Part {
    int64 left, lefts, right, rights;
  };

  // A part of the line.
  struct Chunk {
    int64 step, steps;
  };

  // Where the positions of a step lie.
  struct Pairs {
    const BFloat16 *one[PAIRS], *other[PAIRS];
  };

  void prepare() const {
    for (int64 i = 0; i < p.rowBytes() / 2; i++) zeros[i] = BFloat16{0};
    const Axis rows = p.g.rows, columns = p.g.unfolded();
    for (int64 tap = 0; tap < p.taps; tap++) {
      int64 i = tap / columns.kernel, j = tap % columns.kernel;
      tapPlaces[2 * tap] = rows.remainder(i) * columns.remainders() + columns.remainder(j);
      tapPlaces[2 * tap + 1] = rows.shift(i) * p.lineColumns + columns.shift(j);
    }
    int64 width = p.g.columns.kernel;
    for (int64 i = 0; i < p.runNumbers(); i++) {
      int64 channel = i / p.g.windowTaps(), tap = i % p.g.windowTaps();
      if (p.g.folded()) {
        channel += tap % width * p.g.channels;
        tap /= width;
      }
      int64 place = p.swapped ? placeOf(channel % BLOCK, 0) : placeOf(0, channel % BLOCK);
      order[i] = (channel / BLOCK * p.taps + tap) * SUMS + place;
    }
  }

  // Panels of the tensor whose pairs lie in columns: block after block, step after step.
  void packLeft(const Chunk& c, const Part& part, char* to) const {
    eachStep(p.swapped ? source : slope, c, nullptr, [&](int64 step, const Pairs& now, const Pairs& soon) {
      eachBlock(part.left, part.lefts, p.leftNumbers, [&](int64 block, unsigned mask) {
        char* at = to + ((block - part.left) * c.steps + step) * STEP_BYTES;
        Square first, second;
#pragma unroll
        for (int64 i = 0; i < PAIRS; i++) {
          __builtin_prefetch(soon.one[i] + block * BLOCK, READ, SECOND_LEVEL);
          __builtin_prefetch(soon.other[i] + block * BLOCK, READ, SECOND_LEVEL);
          Shorts x = loadBlock(now.one[i] + block * BLOCK, mask), y = loadBlock(now.other[i] + block * BLOCK, mask);
          first[i] = firstPairs(x, y);
          second[i] = secondPairs(x, y);
        }
        transpose(first, at);
        transpose(second, at + STEP_BYTES / 2);
      });
    });
  }

  // Panels of the tensor whose pairs lie in rows: block after block and variant after variant.
  void packRight(const Chunk& c, int64 begin, int64 blocks, char* to, BFloat16* edges) const {
    int64 columns = p.g.unfolded().remainders(), panel = p.panelBytes(c.steps);
    for (int64 variant = 0; variant < p.variants; variant++) {
      View view = p.swapped ? slope : ofVariant(variant / columns, variant % columns);
      Chunk reached{c.step, c.steps + p.reachSteps()};
      eachStep(view, reached, edges, [&](int64 step, const Pairs& now, const Pairs& soon) {
        for (int64 i = 0; i < PAIRS; i++) {
          char* row = to + variant * panel + step * STEP_BYTES + i * PAIR_BYTES;
          eachBlock(begin, blocks, p.rightNumbers, [&](int64 block, unsigned mask) {
            char* at = row + (block - begin) * p.variants * panel;
            __builtin_prefetch(soon.one[i] + block * BLOCK, READ, SECOND_LEVEL);
            __builtin_prefetch(soon.other[i] + block * BLOCK, READ, SECOND_LEVEL);
            Shorts x = loadBlock(now.one[i] + block * BLOCK, mask), y = loadBlock(now.other[i] + block * BLOCK, mask);
            storeInts(firstPairs(x, y), at);
            storeInts(secondPairs(x, y), at + PAIR_BYTES / 2);
          });
        }
      });
    }
  }

  // Calls body(step, now, soon) for each step of a chunk with where its pairs lie, and those that come AHEAD steps on.
  template <class Body>
  INLINE void eachStep(const View& view, const Chunk& c, BFloat16* edges, const Body& body) const {
    int64 width = p.rowBytes() / sizeof(BFloat16);
    Cursor one(p, view, c.step * PAIRS, zeros, edges);
    Cursor other(p, view, c.step * PAIRS + p.half(), zeros, edges + EDGES * width);
    Pairs pairs[AHEAD + 1];
    for (int64 step = -AHEAD; step < c.steps; step++) {
      Pairs& soon = pairs[(step + AHEAD) % (AHEAD + 1)];
      for (int64 i = 0; i < PAIRS; i++) {
        soon.one[i] = one.next();
        soon.other[i] = other.next();
      }
      if (step >= 0) body(step, pairs[step % (AHEAD + 1)], soon);
    }
  }

  // The source as its leading taps of these remainders see it.
  View ofVariant(int64 row, int64 column) const {
    View view = source;
    const Axis rows = p.g.rows, columns = p.g.unfolded();
    for (int64 i = 0; i < rows.kernel; i++) {
      if (rows.leader(i) == i && rows.remainder(i) == row) view.row = rows.offset(i);
    }
    for (int64 i = 0; i < columns.kernel; i++) {
      if (columns.leader(i) == i && columns.remainder(i) == column) view.column = columns.offset(i);
    }
    return view;
  }

  void sumItem(const Shares& shares, int64 item, char* panel) const {
    int64 parts = shares.leftParts * shares.rightParts, slab = item / parts;
    int64 leftPart = item % parts / shares.rightParts, rightPart = item % shares.rightParts;
    int64 left = leftPart * p.leftBlocks / shares.leftParts, right = rightPart * p.rightBlocks / shares.rightParts;
    int64 leftEnd = (leftPart + 1) * p.leftBlocks / shares.leftParts;
    int64 rightEnd = (rightPart + 1) * p.rightBlocks / shares.rightParts;
    char *x = panel, *y = panel + p.leftBytes();
    BFloat16* edges = reinterpret_cast<BFloat16*>(y + p.rightBytes());
    int64 begin = p.firstStep(slab), end = p.firstStep(slab + 1);
    for (int64 step = begin; step < end; step += shares.chunkSteps) {
      Chunk chunk{step, least(shares.chunkSteps, end - step)};
      packLeft(chunk, {left, leftEnd - left, right, rightEnd - right}, x);
      for (int64 first = right; first < rightEnd; first += shares.groupBlocks) {
        int64 blocks = least(shares.groupBlocks, rightEnd - first);
        packRight(chunk, first, blocks, y, edges);
        multiplyAll(chunk, slab, {left, leftEnd - left, first, blocks}, x, y);
      }
    }
  }

  // Adds a chunk's products to a slab's sums. Few sums at a time, which stay in the second-level cache, and of these
  // few steps, for which parts of panels stay in the first-level cache.
  void multiplyAll(const Chunk& c, int64 slab, const Part& all, const char* x, const char* y) const {
    int64 blocks = most(1, PRODUCTS / p.taps), rights = least(all.rights, least(blocks, 8)), lefts = blocks / rights;
    int64 near = upwards(c.steps, upwards(c.steps, NEAR_STEPS));
    for (int64 right = 0; right < all.rights; right += rights) {
      for (int64 left = 0; left < all.lefts; left += lefts) {
        for (int64 step = 0; step < c.steps; step += near) {
          int64 steps = least(near, c.steps - step);
          bool begin = step == 0 && c.step == p.firstStep(slab);
          for (int64 i = left; i < least(left + lefts, all.lefts); i++) {
            const char* a = x + (i * c.steps + step) * STEP_BYTES;
            for (int64 j = right; j < least(right + rights, all.rights); j++) {
              const char* b = y + j * p.variants * p.panelBytes(c.steps) + step * STEP_BYTES;
              float* to = sums + ((slab * p.leftBlocks + all.left + i) * p.rightBlocks + all.right + j) * p.taps * SUMS;
              for (int64 tap = 0; tap < p.taps; tap++) {
                int64 at = tapPlaces[2 * tap] * p.panelBytes(c.steps) + tapPlaces[2 * tap + 1] * PAIR_BYTES;
                multiply(a, b + at, steps, to + tap * SUMS, begin);
              }
            }
          }
        }
      }
    }
  }

  // Adds the slabs' sums of a left block and of one right block, or of all, and lays them out in the result.
  void finish(int64 left, int64 run) const {
    int64 window = p.taps * SUMS, blocks = p.g.folded() ? p.rightBlocks : 1;
    float* from = sums + (left * p.rightBlocks + run) * window;
    for (int64 slab = 1; slab < p.slabs; slab++) {
      const float* more = from + slab * p.slabSums();
      for (int64 i = 0; i < blocks * window; i += LANES) store(load(from + i) + load(more + i), from + i);
    }
    // With source transposed, a left block's channels follow each other in the result's rows.
    int64 rowBlock = p.swapped ? run : left, columnBlock = p.swapped ? left : run;
    int64 rowNumbers = p.g.channels * p.g.windowTaps(), firstNumber = columnBlock * p.runNumbers();
    int64 numbers = least(p.runNumbers(), rowNumbers - firstNumber);
    for (int64 row = 0; row < least(BLOCK, p.g.outChannels - rowBlock * BLOCK); row++) {
      const float* at = from + (p.swapped ? placeOf(0, row) : placeOf(row, 0));
      float* to = result + (rowBlock * BLOCK + row) * rowNumbers + firstNumber;
      int64 i = 0;
      for (; i + LANES <= numbers; i += LANES) store(gather(at, order + i), to + i);
      for (; i < numbers; i++) to[i] = at[order[i]];
    }
  }

  static INLINE Floats gather(const float* from, const int* places) {
    Ints i;
    __builtin_memcpy(&i, places, sizeof i);
    return __builtin_ia32_gathersiv16sf(all(0), from, i, (unsigned short)-1, sizeof(float));
  }

  void run() const {
    prepare();
    together([&](Member me) {
      const Shares shares = Shares::of(p, me.team);
      configure();
      me.share(p.slabs * shares.leftParts * shares.rightParts, [&](int64 item) {
        sumItem(shares, item, panels + me.number * p.memberBytes());
      });
      release();
      me.meet();
      me.share(p.leftBlocks * p.runs(), [&](int64 item) { finish(item / p.runs(), item % p.runs()); });
    });
  }
};

void byWeight(const Geometry& g, int64 from, int64 by, int64 result, int64 scratch) {
  Plan p(g);
  Axis columns = g.unfolded();
  View source{pointer<BFloat16>(from), g.channels, g.sourceNumbers(), g.rows.size, columns.size, g.rows.stride,
              columns.stride, -g.rows.pad, -columns.pad};
  View slope{pointer<BFloat16>(by), g.outChannels, g.outChannels, g.rows.outSize, columns.outSize, 1, 1, 0, 0};
  char* aligned = pointer<char>(upwards(scratch, CACHE_LINE) * CACHE_LINE);
  ByWeight(p, source, slope, pointer<float>(result), aligned).run();
}

int64 scratchBytes(const Geometry& g) { return ByWeight::scratchBytes(Plan(g)); }

bool isPossible() { return hasTiles() && ask(); }

#else

void byWeight(const Geometry&, int64, int64, int64, int64) {}
int64 scratchBytes(const Geometry&) { return 0; }
bool isPossible() { return false; }

#endif

}  // namespace

NATIVE(bool, convolutionIsPossible)(void*, void*) { return isPossible(); }

NATIVE(int64, convolutionScratchBytes)(
    void*, void*, int64 samples, int64 channels, int64 outChannels, int64 height, int64 width, int64 outHeight,
    int64 outWidth, int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int padTop, int padLeft,
    int dilationHeight, int dilationWidth) {
  Geometry g{samples, channels, outChannels, {height, outHeight, kernelHeight, strideHeight, padTop, dilationHeight},
             {width, outWidth, kernelWidth, strideWidth, padLeft, dilationWidth}};
  return scratchBytes(g);
}

NATIVE(void, convolutionByWeight)(
    void*, void*, int64 samples, int64 channels, int64 outChannels, int64 height, int64 width, int64 outHeight,
    int64 outWidth, int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int padTop, int padLeft,
    int dilationHeight, int dilationWidth, int64 source, int64 slope, int64 result, int64 scratch) {
  Geometry g{samples, channels, outChannels, {height, outHeight, kernelHeight, strideHeight, padTop, dilationHeight},
             {width, outWidth, kernelWidth, strideWidth, padLeft, dilationWidth}};
  byWeight(g, source, slope, result, scratch);
}
