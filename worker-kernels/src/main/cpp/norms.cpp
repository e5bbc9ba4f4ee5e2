// Batch normalisation in training, with the addition and the activation behind it in the same pass, forward and
// backward.
//
// Two passes over memory in each direction: one that sums, one that writes. Forward keeps nothing but its source,
// mean and variance; backward computes what stood before the activation again, which is cheaper than to have stored
// it.
//
// A tensor is a number of slabs, each a contiguous run of rows of one width. In blocks of channels a slab is one block
// of one sample, and a row is LANES numbers wide. With channels last, slabs are parts of all rows, and a row is all
// channels wide. Rows that do not fill vectors are taken several together: `period` numbers, a multiple of both. Sums
// are taken slab by slab, and then over slabs in their order in float64, so they do not depend on the threads.

#include "activations.h"
#include "calls.h"
#include "threads.h"

namespace {

constexpr int64 ROW_SLABS = 64;  // at most, with channels last; more threads than that find no work
constexpr int64 SLAB_ROWS = 32;  // at least, with channels last
constexpr int64 NEAR = 1 << 20;  // bytes of a channel block that stay in the second-level cache between the passes
constexpr int64 SHIFT_ROWS = 4;  // rows whose mean is subtracted first: a large mean would cancel the variance

// What a channel's columns hold between the passes.
enum { MEAN, FACTOR, SHIFT, BY_SOURCE, BY_ALL, COLUMNS };

struct Geometry {
  int64 samples, channels, positions, blocked;

  int64 blocks() const { return (channels + LANES - 1) / LANES; }

  int64 together() const {
    int64 a = channels, b = LANES;
    while (b != 0) {
      int64 c = a % b;
      a = b;
      b = c;
    }
    return blocked ? 1 : LANES / a;
  }

  int64 rows() const { return samples * positions; }
  int64 width() const { return blocked ? LANES : channels; }
  int64 period() const { return width() * together(); }
  int64 columns() const { return blocked ? blocks() * LANES : period(); }
  int64 slabs() const {
    if (blocked) return samples * blocks();
    int64 filled = rows() / SLAB_ROWS;
    return filled < 1 ? 1 : filled < ROW_SLABS ? filled : ROW_SLABS;
  }

  int64 firstRow(int64 slab) const { return blocked ? slab * positions : slab * rows() / slabs(); }
  int64 rowsOf(int64 slab) const { return firstRow(slab + 1) - firstRow(slab); }
  int64 firstColumn(int64 slab) const { return blocked ? slab % blocks() * LANES : 0; }

  // Rows of a slab that fall on the i-th of those taken together.
  int64 count(int64 slab, int64 i) const { return (rowsOf(slab) - i + together() - 1) / together(); }

  int64 scratchFloats() const { return 3 * slabs() * period() + COLUMNS * columns() + LANES; }
};

// Where a vector lies: at number i of a slab, in column j of its period. A Part is its first n lanes.
struct Whole {
  int64 i, j;
};
struct Part {
  int64 i, j, n;
};

template <class T>
INLINE Floats get(const T* from, Whole at) { return load(from + at.i); }
template <class T>
INLINE Floats get(const T* from, Part at) { return loadPart(from + at.i, at.n); }
template <class T>
INLINE void put(Floats x, T* to, Whole at) { store(x, to + at.i); }
template <class T>
INLINE void put(Floats x, T* to, Part at) { storePart(x, to + at.i, at.n); }

// A number a column. Where a row is one vector, all of them stay in a register.
template <bool WIDE>
struct Column {
  const float* memory;
  Floats held;

  INLINE Column(const float* memory) : memory(memory), held(load(memory)) {}

  template <class At>
  INLINE Floats operator()(At at) const {
    if constexpr (WIDE) return load(memory + at.j);
    return held;
  }
};

// Calls body(at) for each vector of a slab.
template <bool WIDE, class Body>
INLINE void each(int64 numbers, int64 period, const Body& body) {
  if constexpr (!WIDE) {
    for (int64 i = 0; i < numbers; i += LANES) body(Whole{i, 0});
  } else {
    int64 i = 0;
    for (; i + period <= numbers; i += period) {
      for (int64 j = 0; j < period; j += LANES) body(Whole{i + j, j});
    }
    int64 j = 0;
    for (; i + j + LANES <= numbers; j += LANES) body(Whole{i + j, j});
    if (i + j < numbers) body(Part{i + j, j, numbers - i - j});
  }
}

// Sums two values a column over a slab: body(at, a, b) adds to a and b.
template <bool WIDE, class Body>
INLINE void sum(int64 numbers, int64 period, float* first, float* second, const Body& body) {
  if constexpr (!WIDE) {
    constexpr int UNROLL = 2;  // so that one addition need not wait for the last
    Floats a[UNROLL] = {}, b[UNROLL] = {};
    int64 i = 0;
    for (; i + UNROLL * LANES <= numbers; i += UNROLL * LANES) {
      for (int k = 0; k < UNROLL; k++) body(Whole{i + k * LANES, 0}, a[k], b[k]);
    }
    for (; i < numbers; i += LANES) body(Whole{i, 0}, a[0], b[0]);
    store(a[0] + a[1], first);
    store(b[0] + b[1], second);
  } else {
    constexpr int UNROLL = 4;  // rows that are added before their sums go back to memory
    for (int64 j = 0; j < period; j += LANES) {
      store(all(0), first + j);
      store(all(0), second + j);
    }
    int64 i = 0;
    for (; i + UNROLL * period <= numbers; i += UNROLL * period) {
      for (int64 j = 0; j < period; j += LANES) {
        Floats a = load(first + j), b = load(second + j);
        for (int k = 0; k < UNROLL; k++) body(Whole{i + k * period + j, j}, a, b);
        store(a, first + j);
        store(b, second + j);
      }
    }
    each<true>(numbers - i, period, [&](auto at) {
      Floats a = {}, b = {};
      at.i += i;
      body(at, a, b);
      if constexpr (sizeof at == sizeof(Part)) {
        for (int lane = 0; lane < LANES; lane++) {
          if (lane >= at.n) a[lane] = b[lane] = 0;
        }
      }
      store(load(first + at.j) + a, first + at.j);
      store(load(second + at.j) + b, second + at.j);
    });
  }
}

// Memory between the passes, and how a slab finds its part.
template <class T, bool WIDE>
struct Work {
  const Geometry g;
  float* memory;

  int64 start(int64 slab) const { return g.firstRow(slab) * g.width(); }
  int64 numbers(int64 slab) const { return g.rowsOf(slab) * g.width(); }

  // Two sums of a slab, and what its numbers are taken relative to.
  float* sums(int which, int64 slab) const { return memory + (which * g.slabs() + slab) * g.period(); }

  float* columns(int which) const { return memory + 3 * g.slabs() * g.period() + which * g.columns(); }
  Column<WIDE> column(int which, int64 slab) const { return {columns(which) + g.firstColumn(slab)}; }

  // A channel's values in the columns that stand for it.
  void spread(int which, int64 channel, float value) const {
    for (int64 k = 0; k < g.together(); k++) columns(which)[k * g.width() + channel] = value;
  }

  // Calls body(sums, more sums, rows) for each of a slab's sums of a channel and the LANES - 1 behind it.
  template <class Body>
  void partsOf(int64 channel, const Body& body) const {
    if (g.blocked) {
      for (int64 n = 0; n < g.samples; n++) {
        int64 slab = n * g.blocks() + channel / LANES;
        body(sums(0, slab), sums(1, slab), g.positions);
      }
    } else {
      for (int64 slab = 0; slab < g.slabs(); slab++) {
        for (int64 k = 0; k < g.together(); k++) {
          int64 column = k * g.width() + channel;
          if (g.count(slab, k) > 0) body(sums(0, slab) + column, sums(1, slab) + column, g.count(slab, k));
        }
      }
    }
  }
};

struct Forward {
  const void* source;
  const void* addend;  // or null
  const float* scale;
  const float* shift;
  float* mean;
  float* variance;  // biased
  void* result;
  float epsilon;
};

struct Backward {
  const void* source;
  const void* result;  // where there was an addend, else null
  const void* gradient;
  const float* scale;
  const float* shift;
  const float* mean;
  const float* variance;
  void* masked;  // the addend's gradient, where there was one; may be gradient
  void* sourceGradient;  // may be gradient or masked
  float* scaleGradient;
  float* shiftGradient;
  float epsilon;
};

INLINE float inverseDeviation(float variance, float epsilon) {
  return 1 / __builtin_sqrt(static_cast<double>(variance) + epsilon);
}

template <class T, bool WIDE, Activation A, bool ADD>
struct Norm {
  const Work<T, WIDE> w;

  // A slab's mean, and its sum of squares around it, a column.
  void moments(const Forward& f, int64 slab) const {
    const T* source = static_cast<const T*>(f.source) + w.start(slab);
    int64 period = w.g.period(), numbers = w.numbers(slab);
    float *means = w.sums(0, slab), *squares = w.sums(1, slab), *shifts = w.sums(2, slab);
    int64 begin = numbers < SHIFT_ROWS * period ? numbers : SHIFT_ROWS * period;
    sum<WIDE>(begin, period, shifts, squares, [&](auto at, Floats& a, Floats&) { a += get(source, at); });
    float rowsBegun = begin < period ? 1 : begin / period;
    for (int64 j = 0; j < period; j++) shifts[j] /= rowsBegun;
    Column<WIDE> shift(shifts);
    sum<WIDE>(numbers, period, means, squares, [&](auto at, Floats& a, Floats& b) {
      Floats x = get(source, at) - shift(at);
      a += x;
      b = fma(x, x, b);
    });
    for (int64 k = 0; k < w.g.together(); k++) {
      int64 rows = w.g.count(slab, k);
      float perRow = rows > 0 ? 1.0f / rows : 0;
      for (int64 j = k * w.g.width(); j < (k + 1) * w.g.width(); j++) {
        float mean = means[j] * perRow;
        float around = squares[j] - means[j] * mean;
        means[j] = shifts[j] + mean;
        squares[j] = around > 0 ? around : 0;
      }
    }
  }

  // Of LANES channels.
  void finishMoments(const Forward& f, int64 channel) const {
    double rows = w.g.rows();
    double mean[LANES] = {}, variance[LANES] = {};
    w.partsOf(channel, [&](const float* means, const float*, double count) {
      for (int i = 0; i < LANES; i++) mean[i] += means[i] * (count / rows);
    });
    w.partsOf(channel, [&](const float* means, const float* squares, double count) {
      for (int i = 0; i < LANES; i++) {
        double apart = means[i] - mean[i];
        variance[i] += (squares[i] + apart * apart * count) / rows;
      }
    });
    for (int64 c = channel; c < channel + LANES && c < w.g.channels; c++) {
      f.mean[c] = mean[c - channel];
      f.variance[c] = variance[c - channel];
      prepare(c, f.mean, f.variance, f.scale, f.shift, f.epsilon);
    }
  }

  void prepare(
      int64 channel, const float* mean, const float* variance, const float* scale, const float* shift,
      float epsilon) const {
    w.spread(MEAN, channel, mean[channel]);
    w.spread(FACTOR, channel, scale[channel] * inverseDeviation(variance[channel], epsilon));
    w.spread(SHIFT, channel, shift[channel]);
  }

  void apply(const Forward& f, int64 slab) const {
    const T* source = static_cast<const T*>(f.source) + w.start(slab);
    const T* addend = static_cast<const T*>(f.addend) + (ADD ? w.start(slab) : 0);
    T* result = static_cast<T*>(f.result) + w.start(slab);
    Column<WIDE> mean = w.column(MEAN, slab), factor = w.column(FACTOR, slab), shift = w.column(SHIFT, slab);
    each<WIDE>(w.numbers(slab), w.g.period(), [&](auto at) {
      Floats x = fma(get(source, at) - mean(at), factor(at), shift(at));
      if constexpr (ADD) x += get(addend, at);
      put(activate<A, NEARNESS<T>>(x), result, at);
    });
  }

  // Sums of the gradient in front of the activation, and of that times the source's distance from its mean.
  void gradients(const Backward& b, int64 slab) const {
    const T* source = static_cast<const T*>(b.source) + w.start(slab);
    const T* gradient = static_cast<const T*>(b.gradient) + w.start(slab);
    const T* result = static_cast<const T*>(b.result) + (ADD ? w.start(slab) : 0);
    T* masked = static_cast<T*>(b.masked) + (ADD ? w.start(slab) : 0);
    Column<WIDE> mean = w.column(MEAN, slab), factor = w.column(FACTOR, slab), shift = w.column(SHIFT, slab);
    sum<WIDE>(w.numbers(slab), w.g.period(), w.sums(0, slab), w.sums(1, slab), [&](auto at, Floats& s, Floats& t) {
      Floats around = get(source, at) - mean(at);
      Floats y;
      if constexpr (ADD) {
        y = activationGradient<A, NEARNESS<T>>(get(result, at), get(gradient, at));
        if constexpr (A != IDENTITY) put(y, masked, at);
      } else {
        y = activationGradient<A, NEARNESS<T>>(fma(around, factor(at), shift(at)), get(gradient, at));
      }
      s += y;
      t = fma(y, around, t);
    });
  }

  // Of LANES channels.
  void finishGradients(const Backward& b, int64 channel) const {
    double all[LANES] = {}, bySource[LANES] = {};
    w.partsOf(channel, [&](const float* first, const float* second, double) {
      for (int i = 0; i < LANES; i++) {
        all[i] += first[i];
        bySource[i] += second[i];
      }
    });
    for (int64 c = channel; c < channel + LANES && c < w.g.channels; c++) {
      double inverse = inverseDeviation(b.variance[c], b.epsilon);
      double factor = b.scale[c] * inverse / w.g.rows();
      b.shiftGradient[c] = all[c - channel];
      b.scaleGradient[c] = bySource[c - channel] * inverse;
      w.spread(BY_ALL, c, -factor * all[c - channel]);
      w.spread(BY_SOURCE, c, -factor * inverse * inverse * bySource[c - channel]);
    }
  }

  void applyGradients(const Backward& b, int64 slab) const {
    const T* source = static_cast<const T*>(b.source) + w.start(slab);
    bool before = ADD && A != IDENTITY;
    const T* gradient = static_cast<const T*>(before ? b.masked : b.gradient) + w.start(slab);
    T* to = static_cast<T*>(b.sourceGradient) + w.start(slab);
    Column<WIDE> mean = w.column(MEAN, slab), factor = w.column(FACTOR, slab), shift = w.column(SHIFT, slab);
    Column<WIDE> bySource = w.column(BY_SOURCE, slab), byAll = w.column(BY_ALL, slab);
    each<WIDE>(w.numbers(slab), w.g.period(), [&](auto at) {
      Floats around = get(source, at) - mean(at);
      Floats y = get(gradient, at);
      if constexpr (!ADD) y = activationGradient<A, NEARNESS<T>>(fma(around, factor(at), shift(at)), y);
      put(fma(factor(at), y, fma(around, bySource(at), byAll(at))), to, at);
    });
  }

  // Runs both passes over all slabs: near each other for one channel block after the other where they fit, else one
  // after the other over everything.
  template <class First, class Finish, class Second>
  void passes(const Member& me, int64 bytes, const First& first, const Finish& finish, const Second& second) const {
    int64 blocks = w.g.blocks();
    if (w.g.blocked && blocks >= me.team && bytes / blocks <= NEAR) {
      me.share(blocks, [&](int64 block) {
        for (int64 n = 0; n < w.g.samples; n++) first(n * blocks + block);
        finish(block * LANES);
        for (int64 n = w.g.samples - 1; n >= 0; n--) second(n * blocks + block);
      });
    } else {
      me.share(w.g.slabs(), first);
      me.meet();
      me.share(blocks, [&](int64 block) { finish(block * LANES); });
      me.meet();
      me.shareBackwards(w.g.slabs(), second);
    }
  }

  int64 bytes() const { return w.g.rows() * w.g.blocks() * LANES * sizeof(T); }

  void clear() const {
    for (int64 i = 0; i < COLUMNS * w.g.columns(); i++) w.columns(0)[i] = 0;
  }

  void forward(const Forward& f) const {
    clear();
    together([&](Member me) {
      passes(
          me, bytes(), [&](int64 slab) { moments(f, slab); }, [&](int64 channel) { finishMoments(f, channel); },
          [&](int64 slab) { apply(f, slab); });
    });
  }

  void backward(const Backward& b) const {
    clear();
    for (int64 c = 0; c < w.g.channels; c++) prepare(c, b.mean, b.variance, b.scale, b.shift, b.epsilon);
    together([&](Member me) {
      passes(
          me, 2 * bytes(), [&](int64 slab) { gradients(b, slab); }, [&](int64 channel) { finishGradients(b, channel); },
          [&](int64 slab) { applyGradients(b, slab); });
    });
  }
};

// Calls body with the Norm that is written for what the arguments say.
template <class T, bool WIDE, class Body>
void withActivation(const Geometry& g, float* scratch, int activation, bool add, const Body& body) {
  Work<T, WIDE> w{g, scratch};
  if (add) {
    // Of a sum's activation only those are offered whose derivative can be told from the result.
    if (activation == RELU) return body(Norm<T, WIDE, RELU, true>{w});
    return body(Norm<T, WIDE, IDENTITY, true>{w});
  }
  switch (activation) {
    case RELU: return body(Norm<T, WIDE, RELU, false>{w});
    case RELU6: return body(Norm<T, WIDE, RELU6, false>{w});
    case SILU: return body(Norm<T, WIDE, SILU, false>{w});
    case HARD_SWISH: return body(Norm<T, WIDE, HARD_SWISH, false>{w});
    default: return body(Norm<T, WIDE, IDENTITY, false>{w});
  }
}

// As VectorNorm lists them.
struct Call {
  Geometry geometry;
  int64 bfloat16, activation;
};

template <class Body>
void withNorm(const Call& call, float* scratch, bool add, const Body& body) {
  const Geometry& g = call.geometry;
  withNumbers(call.bfloat16, [&](auto numbers) {
    using T = typename decltype(numbers)::Type;
    g.blocked ? withActivation<T, false>(g, scratch, call.activation, add, body)
              : withActivation<T, true>(g, scratch, call.activation, add, body);
  });
}

}  // namespace

NATIVE(int64, normScratchBytes)(void* environment, void*, void* sizes) {
  return structOf<Call>(environment, sizes).geometry.scratchFloats() * sizeof(float);
}

NATIVE(void, normForward)(
    void* environment, void*, void* sizes, float epsilon, int64 source, int64 addend, int64 scale, int64 shift,
    int64 mean, int64 variance, int64 result, int64 scratch) {
  Call c = structOf<Call>(environment, sizes);
  Forward f{pointer<void>(source), pointer<void>(addend), pointer<float>(scale), pointer<float>(shift),
            pointer<float>(mean), pointer<float>(variance), pointer<void>(result), epsilon};
  withNorm(c, pointer<float>(scratch), addend != 0, [&](const auto& norm) { norm.forward(f); });
}

NATIVE(void, normBackward)(
    void* environment, void*, void* sizes, float epsilon, int64 source, int64 result, int64 gradient, int64 scale,
    int64 shift, int64 mean, int64 variance, int64 masked, int64 sourceGradient, int64 scaleGradient,
    int64 shiftGradient, int64 scratch) {
  Call c = structOf<Call>(environment, sizes);
  Backward b{pointer<void>(source), pointer<void>(result), pointer<void>(gradient), pointer<float>(scale),
             pointer<float>(shift), pointer<float>(mean), pointer<float>(variance), pointer<void>(masked),
             pointer<void>(sourceGradient), pointer<float>(scaleGradient), pointer<float>(shiftGradient), epsilon};
  withNorm(c, pointer<float>(scratch), result != 0, [&](const auto& norm) { norm.backward(b); });
}
