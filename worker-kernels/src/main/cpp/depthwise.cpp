// The weight gradient of a depthwise convolution: for each channel and each tap of its window, the sum of the result's
// gradient times source over all samples and positions.
//
// Planes are taken in strips of rows. A strip's source is first copied as float32, one block of channels after
// another, with the zeros of the padding around it; its gradient likewise. So the sums need not know borders,
// layouts or types of numbers. The sums of a whole window, or of several of its rows, stay in registers from the
// beginning of the strip to its end. A number copied once is used for every tap, so the copy is cheap beside the
// sums, and it reads memory in long runs. For most windows, memory limits the speed.
//
// The work is divided into items: some neighbouring blocks of channels, of some samples. Items depend on the sizes
// only, and their sums are added in order, so the result does not depend on the number of threads.

#include "calls.h"
#include "threads.h"

namespace {

constexpr int64 ITEMS = 64;                // about; more threads than that find no work
constexpr int64 NEIGHBOURS = 128 / LANES;  // blocks of an item at most, with channels last: a long run of each row
constexpr int64 STRIP_POSITIONS = 1024;    // of source, with its padding: those of all neighbours stay in a near cache
constexpr int64 STRIP_ROWS = 4;            // of gradient at least; shorter strips copy mostly the same rows

// Sums that stay in registers, beside a vector of gradient.
constexpr int SUMS = LANES == 16 ? 28 : 15;

struct Geometry {
  int64 samples, channels;
  int64 height, outHeight, kernelHeight, strideHeight, padTop, dilationHeight;
  int64 width, outWidth, kernelWidth, strideWidth, padLeft, dilationWidth;
  int64 blocked;

  int64 blocks() const { return upwards(channels, LANES); }
  int64 taps() const { return kernelHeight * kernelWidth; }

  // With channels last, the last block reaches back over the one before it rather than beyond the row.
  int64 firstChannel(int64 block) const {
    return blocked ? block * LANES : most(0, least(block * LANES, channels - LANES));
  }

  // An item is a bundle of blocks of a group of samples.
  int64 bundles() const { return blocked ? blocks() : upwards(blocks(), NEIGHBOURS); }
  int64 bundleBlocks() const { return upwards(blocks(), bundles()); }
  int64 groups() const { return upwards(samples, most(1, samples * bundles() / ITEMS)); }
  int64 items() const { return groups() * bundles(); }

  // What a strip of so many rows of gradient touches of the source.
  int64 sourceRows(int64 rows) const { return (rows - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1; }
  int64 sourceColumns() const { return (outWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1; }

  int64 stripRows() const {
    int64 fitting = (STRIP_POSITIONS / sourceColumns() - sourceRows(1)) / strideHeight + 1;
    return upwards(outHeight, upwards(outHeight, most(STRIP_ROWS, fitting)));
  }

  // Of a block's strip, of a thread's strips, of all items' sums.
  int64 sourceFloats() const { return sourceRows(stripRows()) * sourceColumns() * LANES; }
  int64 gradientFloats() const { return stripRows() * outWidth * LANES; }
  int64 stripFloats() const { return bundleBlocks() * (sourceFloats() + gradientFloats()); }
  int64 sumFloats() const { return groups() * blocks() * taps() * LANES; }

  // For as many threads as a team may have when this is asked.
  int64 scratchBytes() const {
    return (sumFloats() + omp_get_max_threads() * stripFloats()) * sizeof(float) + CACHE_LINE;
  }
};

// A walk over a block's strip: rows and columns of gradient, and how far the copied source advances from one row to
// the next, from one column to the next, and from one row of taps to the next.
struct Walk {
  int64 rows, columns;
  int64 down, along, tapDown;
};

// Adds a strip's sums to those of ROWS x COLUMNS taps that lie side by side in their rows; sums has `width` taps a row.
template <int ROWS, int COLUMNS>
void addTile(const Walk& w, const float* source, const float* gradient, float* sums, int64 width) {
  Floats tile[ROWS][COLUMNS] = {};
  for (int64 row = 0; row < w.rows; row++) {
    const float* x = source + row * w.down;
    for (int64 column = 0; column < w.columns; column++) {
      Floats y = load(gradient);
#pragma unroll
      for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) tile[i][j] = fma(load(x + i * w.tapDown + j * LANES), y, tile[i][j]);
      }
      x += w.along;
      gradient += LANES;
    }
  }
  // Sums that begin anew with each strip stay small, and lose less when numbers are added.
#pragma unroll
  for (int i = 0; i < ROWS; i++) {
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) {
      float* sum = sums + (i * width + j) * LANES;
      store(load(sum) + tile[i][j], sum);
    }
  }
}

// As many rows of taps at a time as registers hold.
template <int ROWS, int COLUMNS>
INLINE void addWindow(const Walk& w, const float* source, const float* gradient, float* sums) {
  constexpr int NOW = ROWS * COLUMNS <= SUMS ? ROWS : SUMS / COLUMNS;
  addTile<NOW, COLUMNS>(w, source, gradient, sums, COLUMNS);
  if constexpr (NOW < ROWS) {
    addWindow<ROWS - NOW, COLUMNS>(w, source + NOW * w.tapDown, gradient, sums + NOW * COLUMNS * LANES);
  }
}

void addStrip(const Geometry& g, const Walk& w, const float* source, const float* gradient, float* sums) {
  int64 side = g.kernelHeight == g.kernelWidth && g.dilationWidth == 1 ? g.kernelWidth : 0;
  if (side == 3) return addWindow<3, 3>(w, source, gradient, sums);
  if (side == 5) return addWindow<5, 5>(w, source, gradient, sums);
  if (side == 7) return addWindow<7, 7>(w, source, gradient, sums);
  for (int64 tap = 0; tap < g.taps(); tap++) {
    int64 i = tap / g.kernelWidth, j = tap % g.kernelWidth;
    addTile<1, 1>(w, source + i * w.tapDown + j * g.dilationWidth * LANES, gradient, sums + tap * LANES, 1);
  }
}

// Copies neighbouring blocks of a run of positions, each `width` numbers long, to places `apart`. BLOCKS of them are
// taken at a time, and fewer at the end.
template <int BLOCKS, class T>
INLINE void copyBlocks(const T* from, int64 positions, int64 width, int64 blocks, float* to, int64 apart) {
  for (; blocks >= BLOCKS; blocks -= BLOCKS) {
    for (int64 p = 0; p < positions; p++) {
#pragma unroll
      for (int b = 0; b < BLOCKS; b++) store(load(from + p * width + b * LANES), to + b * apart + p * LANES);
    }
    from += BLOCKS * LANES;
    to += BLOCKS * apart;
  }
  if constexpr (BLOCKS > 1) copyBlocks<BLOCKS / 2>(from, positions, width, blocks, to, apart);
}

void clear(float* from, int64 numbers) {
  for (int64 i = 0; i < numbers; i += LANES) store(all(0), from + i);
}

template <class T>
struct WeightGradient {
  const Geometry g;
  const T* source;
  const T* gradient;
  float* result;
  float* sums;    // of each group, block and tap
  float* strips;  // of each thread

  // Some blocks of all positions of one sample.
  struct Bundle {
    int64 sample, block, blocks;
  };

  // Copies a run of positions, of a tensor that has `plane` of them a sample.
  void copy(
      const T* tensor, int64 plane, const Bundle& b, int64 first, int64 positions, float* to, int64 apart) const {
    if (g.blocked) {
      const T* from = tensor + ((b.sample * g.blocks() + b.block) * plane + first) * LANES;
      return copyBlocks<1>(from, positions, LANES, 1, to, apart);
    }
    const T* from = tensor + (b.sample * plane + first) * g.channels;
    int64 whole = least(b.blocks, g.channels / LANES - b.block);
    copyBlocks<8>(from + b.block * LANES, positions, g.channels, whole, to, apart);
    if (whole == b.blocks) return;
    to += whole * apart;
    if (g.channels >= LANES) return copyBlocks<1>(from + g.channels - LANES, positions, g.channels, 1, to, apart);
    for (int64 p = 0; p < positions; p++) store(loadPart(from + p * g.channels, g.channels), to + p * LANES);
  }

  // The rows of source that a strip of gradient touches. The columns of padding are zero from the start.
  void copySource(const Bundle& b, int64 fromRow, int64 rows, float* to) const {
    int64 pitch = g.sourceColumns() * LANES, apart = g.sourceFloats();
    int64 first = most(0, -g.padLeft), end = least(g.width, g.sourceColumns() - g.padLeft);
    for (int64 i = 0; i < g.sourceRows(rows); i++) {
      int64 row = fromRow * g.strideHeight - g.padTop + i;
      if (row < 0 || row >= g.height) {
        for (int64 k = 0; k < b.blocks; k++) clear(to + k * apart + i * pitch, pitch);
      } else if (first < end) {
        float* at = to + i * pitch + (first + g.padLeft) * LANES;
        copy(source, g.height * g.width, b, row * g.width + first, end - first, at, apart);
      }
    }
  }

  void copyGradient(const Bundle& b, int64 fromRow, int64 rows, float* to) const {
    for (int64 i = 0; i < rows; i++) {
      float* at = to + i * g.outWidth * LANES;
      copy(gradient, g.outHeight * g.outWidth, b, (fromRow + i) * g.outWidth, g.outWidth, at, g.gradientFloats());
    }
  }

  void sumItem(int64 item, float* strip) const {
    int64 group = item / g.bundles(), bundle = item % g.bundles();
    int64 block = bundle * g.blocks() / g.bundles(), blocks = (bundle + 1) * g.blocks() / g.bundles() - block;
    int64 pitch = g.sourceColumns() * LANES, window = g.taps() * LANES, stripRows = g.stripRows();
    float* to = sums + (group * g.blocks() + block) * window;
    float *x = strip, *y = strip + g.bundleBlocks() * g.sourceFloats();
    clear(to, blocks * window);
    for (int64 n = group * g.samples / g.groups(); n < (group + 1) * g.samples / g.groups(); n++) {
      for (int64 row = 0; row < g.outHeight; row += stripRows) {
        int64 rows = least(stripRows, g.outHeight - row);
        copySource({n, block, blocks}, row, rows, x);
        copyGradient({n, block, blocks}, row, rows, y);
        Walk walk{rows, g.outWidth, g.strideHeight * pitch, g.strideWidth * LANES, g.dilationHeight * pitch};
        for (int64 k = 0; k < blocks; k++) {
          addStrip(g, walk, x + k * g.sourceFloats(), y + k * g.gradientFloats(), to + k * window);
        }
      }
    }
  }

  // Adds the groups' sums of a block, and lays them out channel by channel.
  void finish(int64 block) const {
    int64 first = g.firstChannel(block);
    for (int64 tap = 0; tap < g.taps(); tap++) {
      Floats sum = {};
      for (int64 group = 0; group < g.groups(); group++) {
        sum += load(sums + ((group * g.blocks() + block) * g.taps() + tap) * LANES);
      }
      for (int64 c = block * LANES; c < least(first + LANES, g.channels); c++) {
        result[c * g.taps() + tap] = sum[c - first];
      }
    }
  }

  void run() const {
    together([&](Member me) {
      float* strip = strips + me.number * g.stripFloats();
      clear(strip, g.bundleBlocks() * g.sourceFloats());
      me.share(g.items(), [&](int64 item) { sumItem(item, strip); });
      me.meet();
      me.share(g.blocks(), [&](int64 block) { finish(block); });
    });
  }
};

template <class T>
void weightGradient(const Geometry& g, int64 source, int64 gradient, int64 result, int64 scratch) {
  float* sums = pointer<float>(upwards(scratch, CACHE_LINE) * CACHE_LINE);
  float* strips = sums + g.sumFloats();
  WeightGradient<T>{g, pointer<T>(source), pointer<T>(gradient), pointer<float>(result), sums, strips}.run();
}

// As VectorDepthwise lists them.
struct Call {
  Geometry geometry;
  int64 bfloat16;
};

}  // namespace

NATIVE(int64, depthwiseScratchBytes)(void* environment, void*, void* sizes) {
  return structOf<Call>(environment, sizes).geometry.scratchBytes();
}

NATIVE(void, depthwiseWeightGradient)(
    void* environment, void*, void* sizes, int64 source, int64 gradient, int64 result, int64 scratch) {
  Call c = structOf<Call>(environment, sizes);
  withNumbers(c.bfloat16, [&](auto numbers) {
    using T = typename decltype(numbers)::Type;
    weightGradient<T>(c.geometry, source, gradient, result, scratch);
  });
}
