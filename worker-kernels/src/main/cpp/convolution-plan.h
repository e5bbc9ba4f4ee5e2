// Sizes of a weight gradient on tiles: of slabs, chunks and panels, and how a team shares out the work.
#pragma once

#include "convolution-line.h"
#include "threads.h"
#include "tiles.h"

#ifdef __AVX512BF16__

namespace {

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

// What follows from the geometry alone.
struct Plan {
  const Geometry g;
  int64 taps, variants, reach;
  int64 lineRows, lineColumns;
  bool swapped;  // source is transposed rather than gradient
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

  // Of a right block's panel, for one variant. Taps reach beyond the chunk. A pair more: panels that all begin in
  // the same sets of the caches would evict each other.
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

}  // namespace

#endif
