// The weight gradient of a convolution in bfloat16 with channels last, on the processor's matrix tiles: for each pair
// of channels and each tap of the window, the sum of gradient times source over all samples and positions.
//
// Positions lie on a line on which taps are constant distances (convolution-line.h). Both tensors are packed once for
// all taps; with strides, the source is packed once for each remainder. The unit of packing is a pair of positions. Its
// two positions are half a line apart, not neighbours, so taps move by whole pairs:
//
//        first half of the line     0   1   2   3   4  ...        pair i is (i, h + i),
//        second half                h  h+1 h+2 h+3 h+4 ...        and that of a tap at distance d is (i + d, h + i + d)
//
// One tensor's panels have pairs in rows, as they come; the other's are transposed (tiles.h). Where channels are few,
// the columns under the window are treated as channels, for they lie side by side in memory.
//
// The work is divided into items: a slab of the line and a part of the blocks. Each has its own panels, so threads meet
// once, at the end. Slabs depend on the sizes only, and their sums are added in order; within a slab every sum goes
// along the line, however threads share the blocks. So the result does not depend on the number of threads.

#include "calls.h"
#include "convolution-cursor.h"

namespace {

#ifdef __AVX512BF16__

struct WeightGradient {
  const Plan p;
  const View source, gradient;
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

  WeightGradient(const Plan& p, const View& source, const View& gradient, float* result, char* scratch)
      : p(p), source(source), gradient(gradient), result(result), sums(reinterpret_cast<float*>(scratch)),
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
    eachStep(p.swapped ? source : gradient, c, nullptr, [&](int64 step, const Pairs& now, const Pairs& soon) {
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
      View view = p.swapped ? gradient : ofVariant(variant / columns, variant % columns);
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

void weightGradient(const Geometry& g, int64 from, int64 by, int64 result, int64 scratch) {
  Plan p(g);
  Axis columns = g.unfolded();
  View source{pointer<BFloat16>(from), g.channels, g.sourceNumbers(), g.rows.size, columns.size, g.rows.stride,
              columns.stride, -g.rows.pad, -columns.pad};
  View gradient{pointer<BFloat16>(by), g.outChannels, g.outChannels, g.rows.outSize, columns.outSize, 1, 1, 0, 0};
  char* aligned = pointer<char>(upwards(scratch, CACHE_LINE) * CACHE_LINE);
  WeightGradient(p, source, gradient, pointer<float>(result), aligned).run();
}

int64 scratchBytes(const Geometry& g) { return WeightGradient::scratchBytes(Plan(g)); }

bool isPossible() { return hasTiles() && ask(); }

#else

void weightGradient(const Geometry&, int64, int64, int64, int64) {}
int64 scratchBytes(const Geometry&) { return 0; }
bool isPossible() { return false; }

#endif

}  // namespace

NATIVE(bool, convolutionIsPossible)(void*, void*) { return isPossible(); }

NATIVE(int64, convolutionScratchBytes)(void* environment, void*, void* sizes) {
  return scratchBytes(structOf<Geometry>(environment, sizes));
}

NATIVE(void, convolutionWeightGradient)(
    void* environment, void*, void* sizes, int64 source, int64 gradient, int64 result, int64 scratch) {
  weightGradient(structOf<Geometry>(environment, sizes), source, gradient, result, scratch);
}
