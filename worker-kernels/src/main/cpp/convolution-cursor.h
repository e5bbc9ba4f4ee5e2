// A tensor along the line.
#pragma once

#include "convolution-plan.h"

#ifdef __AVX512BF16__

namespace {

INLINE int64 downwards(int64 a, int64 b) { return a < 0 ? -upwards(-a, b) : a / b; }

// A tensor as the line sees it.
struct View {
  const BFloat16* tensor;
  int64 channels;  // from one position to the next
  int64 numbers;   // of a position, more than its channels where columns are taken together
  int64 height, width, rowStep, columnStep;
  int64 row, column;  // that the line begins at
};

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

}  // namespace

#endif
