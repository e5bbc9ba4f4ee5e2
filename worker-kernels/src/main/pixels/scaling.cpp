// Scales a picture of 8-bit values with Pillow's fixed-point filters: first along rows, then along columns, each pass
// rounded to 8 bits. Both passes run together: rows of the first pass wait in a ring, from which the second takes them.
//
// A weight has up to 23 bits and a product of it needs 32. The processor multiplies pairs of 16-bit numbers and adds the
// two products at once, so each weight is cut into an upper and a lower part, and the sums of both are joined in the end.

#include "pixels.h"

namespace {

typedef uint8 Bytes16 __attribute__((ext_vector_type(16)));
typedef uint8 Bytes32 __attribute__((ext_vector_type(32)));
typedef short Shorts16 __attribute__((ext_vector_type(16)));
typedef short Shorts32 __attribute__((ext_vector_type(32)));
typedef int Ints4 __attribute__((ext_vector_type(4)));
typedef int Ints8 __attribute__((ext_vector_type(8)));
typedef int Ints16 __attribute__((ext_vector_type(16)));
typedef uint8 Bytes4 __attribute__((ext_vector_type(4)));

constexpr int FRACTION_BITS = 22;
constexpr int LOWER_BITS = 11;
constexpr int HALF = 1 << (FRACTION_BITS - 1);

// The taps of one vector along a row: four pixels.
constexpr int64 TAPS = 4;

INLINE short upper(int weight) { return static_cast<short>(weight >> LOWER_BITS); }
INLINE short lower(int weight) { return static_cast<short>(weight & ((1 << LOWER_BITS) - 1)); }

template <class T>
INLINE T loaded(const void* from) {
  T x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}

INLINE Ints8 pairs(Shorts16 a, Shorts16 b) {
  typedef short V __attribute__((vector_size(32)));
  return __builtin_bit_cast(Ints8, __builtin_ia32_pmaddwd256(__builtin_bit_cast(V, a), __builtin_bit_cast(V, b)));
}

INLINE Ints16 pairs(Shorts32 a, Shorts32 b) {
#ifdef __AVX512BW__
  typedef short V __attribute__((vector_size(64)));
  return __builtin_bit_cast(Ints16, __builtin_ia32_pmaddwd512(__builtin_bit_cast(V, a), __builtin_bit_cast(V, b)));
#else
  Ints8 low = pairs(a.lo, b.lo);
  Ints8 high = pairs(a.hi, b.hi);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#endif
}

// How Java passes sizes, in this order.
struct Scaling {
  int64 source;     // the first byte of the window
  int64 sourceRow;  // bytes from a row to the next
  int64 channels;   // 1 or 3
  int64 outWidth, outHeight;
  int64 columnTaps, rowTaps;
  int64 out;        // dense rows
  int64 scratch;    // as scaleScratchBytes says
};

// The inputs of each output position: first ones, numbers of them, weights.
struct Filter {
  const int* first;
  const int* count;
  const int* weights;
  int64 taps;

  static int64 numbers(int64 size, int64 taps) { return size * (2 + taps); }

  Filter(const int* table, int64 size, int64 taps)
      : first(table), count(table + size), weights(table + 2 * size), taps(taps) {}

  const int* weightsOf(int64 position) const { return weights + position * taps; }
};

// The scratch memory: weights along rows in the order of vectors, then the ring, then both tables.
struct Scratch {
  int64 chunks;    // vectors of taps for a pixel
  int64 vectors;   // bytes of the weights
  int64 ringRows;  // a power of two
  int64 ringRow;   // bytes, with room behind
  int64 columns, rows;  // bytes of the tables

  explicit Scratch(const Scaling& s) {
    chunks = (s.columnTaps + TAPS - 1) / TAPS;
    vectors = s.channels == 3 ? s.outWidth * chunks * static_cast<int64>(2 * sizeof(Shorts16)) : 0;
    ringRows = 1;
    while (ringRows < s.rowTaps + 1) ringRows *= 2;
    ringRow = (s.outWidth * s.channels + 63) / 64 * 64 + 64;
    columns = Filter::numbers(s.outWidth, s.columnTaps) * static_cast<int64>(sizeof(int));
    rows = Filter::numbers(s.outHeight, s.rowTaps) * static_cast<int64>(sizeof(int));
  }

  int64 ringAt() const { return vectors; }
  int64 columnsAt() const { return ringAt() + ringRows * ringRow; }
  int64 rowsAt() const { return columnsAt() + columns; }
  int64 bytes() const { return rowsAt() + rows; }
};

class Scaler {
 public:
  explicit Scaler(const Scaling& s)
      : s(s),
        layout(s),
        vectors(pointer<Shorts16>(s.scratch)),
        ring(pointer<uint8>(s.scratch + layout.ringAt())),
        columns(pointer<int>(s.scratch + layout.columnsAt()), s.outWidth, s.columnTaps),
        rows(pointer<int>(s.scratch + layout.rowsAt()), s.outHeight, s.rowTaps) {}

  void run() const {
    if (s.channels == 3) arrange();
    int64 made = 0;
    for (int64 y = 0; y < s.outHeight; y++) {
      // Rows that no result needs are not made.
      for (made = most(made, rows.first[y]); made < rows.first[y] + rows.count[y]; made++) {
        const uint8* row = pointer<uint8>(s.source) + made * s.sourceRow;
        if (s.channels == 3) {
          acrossColour(row, rowOf(made));
        } else {
          acrossGrey(row, rowOf(made));
        }
      }
      down(rows.first[y], rows.count[y], rows.weightsOf(y), pointer<uint8>(s.out) + y * s.outWidth * s.channels);
    }
  }

 private:
  const Scaling& s;
  const Scratch layout;
  Shorts16* const vectors;
  uint8* const ring;
  const Filter columns;
  const Filter rows;

  uint8* rowOf(int64 y) const { return ring + (y & (layout.ringRows - 1)) * layout.ringRow; }

  // For each vector of four taps: the upper and the lower parts, as (w0 w1 w0 w1 w0 w1 0 0 w2 w3 w2 w3 w2 w3 0 0).
  void arrange() const {
    for (int64 x = 0; x < s.outWidth; x++) {
      for (int64 chunk = 0; chunk < layout.chunks; chunk++) {
        short parts[2][16] = {};
        for (int64 tap = chunk * TAPS; tap < least(columns.count[x], (chunk + 1) * TAPS); tap++) {
          int weight = columns.weightsOf(x)[tap];
          int64 at = tap % TAPS / 2 * 8 + tap % 2;
          for (int64 c = 0; c < 3; c++) {
            parts[0][at + 2 * c] = upper(weight);
            parts[1][at + 2 * c] = lower(weight);
          }
        }
        __builtin_memcpy(vectors + (x * layout.chunks + chunk) * 2, parts, sizeof parts);
      }
    }
  }

  void acrossColour(const uint8* row, uint8* to) const {
    const Shorts16* weights = vectors;
    for (int64 x = 0; x < s.outWidth; x++, to += 3) {
      const uint8* from = row + 3 * columns.first[x];
      Ints8 high = 0;
      Ints8 low = 0;
      int64 chunks = (columns.count[x] + TAPS - 1) / TAPS;
      for (int64 chunk = 0; chunk < chunks; chunk++) {
        Bytes16 four = loaded<Bytes16>(from + chunk * 3 * TAPS);
        Bytes16 paired = __builtin_shufflevector(four, four, 0, 3, 1, 4, 2, 5, 0, 0, 6, 9, 7, 10, 8, 11, 0, 0);
        Shorts16 values = __builtin_convertvector(paired, Shorts16);
        high += pairs(values, loaded<Shorts16>(weights + 2 * chunk));
        low += pairs(values, loaded<Shorts16>(weights + 2 * chunk + 1));
      }
      weights += 2 * layout.chunks;
      Ints8 sum = (high << LOWER_BITS) + low;
      Ints4 pixel = (sum.lo + sum.hi + HALF) >> FRACTION_BITS;
      Bytes4 bytes = __builtin_convertvector(pixel, Bytes4);
      __builtin_memcpy(to, &bytes, sizeof bytes);
    }
  }

  void acrossGrey(const uint8* row, uint8* to) const {
    for (int64 x = 0; x < s.outWidth; x++) {
      const uint8* from = row + columns.first[x];
      const int* weights = columns.weightsOf(x);
      int sum = HALF;
      for (int64 tap = 0; tap < columns.count[x]; tap++) sum += weights[tap] * from[tap];
      to[x] = static_cast<uint8>(sum >> FRACTION_BITS);
    }
  }

  void down(int64 first, int64 count, const int* weights, uint8* to) const {
    int64 values = s.outWidth * s.channels;
    for (int64 i = 0; i < values; i += 16) {
      Ints16 high = 0;
      Ints16 low = 0;
      for (int64 tap = 0; tap < count; tap += 2) {
        bool two = tap + 1 < count;
        int a = weights[tap];
        int b = two ? weights[tap + 1] : 0;
        Bytes16 above = loaded<Bytes16>(rowOf(first + tap) + i);
        Bytes16 below = loaded<Bytes16>(rowOf(first + tap + (two ? 1 : 0)) + i);
        Bytes32 both = __builtin_shufflevector(above, below, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8,
                                               24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        Shorts32 pixels = __builtin_convertvector(both, Shorts32);
        high += pairs(pixels, broadcast(upper(a), upper(b)));
        low += pairs(pixels, broadcast(lower(a), lower(b)));
      }
      Ints16 sum = ((high << LOWER_BITS) + low + HALF) >> FRACTION_BITS;
      Bytes16 bytes = __builtin_convertvector(sum, Bytes16);
      __builtin_memcpy(to + i, &bytes, static_cast<unsigned long>(least(16, values - i)));
    }
  }

  static INLINE Shorts32 broadcast(short a, short b) {
    int both = static_cast<uint16>(a) | static_cast<int>(static_cast<uint16>(b)) << 16;
    return __builtin_bit_cast(Shorts32, Ints16(both));
  }
};

}  // namespace

NATIVE(int64, scaleScratchBytes)(void* environment, void*, void* sizes) {
  return Scratch(structOf<Scaling>(environment, sizes)).bytes();
}

NATIVE(void, scale)(void* environment, void*, void* sizes, void* columns, void* rows) {
  Scaling s = structOf<Scaling>(environment, sizes);
  Scratch layout(s);
  copyInts(environment, columns, layout.columns, pointer<int>(s.scratch + layout.columnsAt()));
  copyInts(environment, rows, layout.rows, pointer<int>(s.scratch + layout.rowsAt()));
  Scaler(s).run();
}
