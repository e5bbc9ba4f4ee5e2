// Pools and resizes. Backward gathers: each input looks up the windows that it lies in, so nothing is added twice.
#pragma once

#include "convolutions.cuh"

// The maximum of a window and the first tap that holds it. at: x, y, taps (two bytes each). n: as windowOf.
template <class T>
DEVICE void max_pool(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const Index row = i / w.ic;
  const Index sample = row / volume(w.out);
  const Place output = placeIn(w.out, row % volume(w.out));
  float best = 0;
  int holder = -1;
  for (int tap = 0; tap < w.taps; tap++) {
    Place input;
    if (!inputUnder(w, output, tap, input)) continue;
    const float x = load(pointer<T>(a, 0), (sample * volume(w.in) + positionIn(w.in, input)) * w.ic + i % w.ic);
    if (holder < 0 || x > best || x != x) {
      best = x;
      holder = tap;
    }
  }
  store(pointer<T>(a, 1), i, best);
  if (a.at[2]) pointer<unsigned short>(a, 2)[i] = static_cast<unsigned short>(holder);
}
KERNELS(max_pool)

// at: dy, taps, dx. n: as windowOf.
template <class T>
DEVICE void max_pool_backward(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const Index row = i / w.ic;
  const Index sample = row / volume(w.in);
  const Place input = placeIn(w.in, row % volume(w.in));
  float s = 0;
  for (int tap = 0; tap < w.taps; tap++) {
    Place output;
    if (!outputOver(w, input, tap, output)) continue;
    const Index y = (sample * volume(w.out) + positionIn(w.out, output)) * w.ic + i % w.ic;
    if (pointer<unsigned short>(a, 1)[y] == tap) s += load(pointer<T>(a, 0), y);
  }
  store(pointer<T>(a, 2), i, s);
}
KERNELS(max_pool_backward)

// The taps of eight channels that hold their maxima.
struct alignas(16) Holders {
  unsigned short at[WIDE];
};

// Eight channels of max_pool.
template <class T>
DEVICE void max_pool_wide(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const WidePlace place = widePlace(i, w.ic, w.out, w.in);
  Wide best = {};
  Holders holders = {};
  bool none = true;
  eachInput(w, place.at, [&](int tap, Index position) {
    const Wide x = loadWide(pointer<T>(a, 0), (place.first + position) * w.ic + place.channel);
    for (Index k = 0; k < WIDE; k++) {
      if (none || x.at[k] > best.at[k] || x.at[k] != x.at[k]) {
        best.at[k] = x.at[k];
        holders.at[k] = static_cast<unsigned short>(tap);
      }
    }
    none = false;
  });
  storeWide(pointer<T>(a, 1), i * WIDE, best);
  if (a.at[2]) pointer<Holders>(a, 2)[i] = holders;
}
KERNELS(max_pool_wide)

// Eight channels of max_pool_backward.
template <class T>
DEVICE void max_pool_backward_wide(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const WidePlace place = widePlace(i, w.ic, w.in, w.out);
  Wide s = {};
  eachOutput(w, place.at, [&](int tap, Index position) {
    const Index y = (place.first + position) * w.ic + place.channel;
    const Holders holders = pointer<Holders>(a, 1)[y / WIDE];
    const Wide dy = loadWide(pointer<T>(a, 0), y);
    for (Index k = 0; k < WIDE; k++) {
      if (holders.at[k] == tap) s.at[k] += dy.at[k];
    }
  });
  storeWide(pointer<T>(a, 2), i * WIDE, s);
}
KERNELS(max_pool_backward_wide)

// The taps of a window that count: those inside the input, or inside its padding. n: as windowOf, 21 whether padding
// counts, 22-24 padding after.
DEVICE int counted(const Args& a, const Window3& w, const Place& output) {
  int count = 1;
  for (int d = 0; d < 3; d++) {
    const int start = output.at[d] * w.stride[d] - w.pad[d];
    const int low = a.n[21] ? -w.pad[d] : 0;
    const int high = w.in[d] + (a.n[21] ? static_cast<int>(a.n[22 + d]) : 0);
    count *= least(start + w.kernel[d], high) - most(start, low);
  }
  return count;
}

// at: x, y.
template <class T>
DEVICE void average_pool(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const Index row = i / w.ic;
  const Index sample = row / volume(w.out);
  const Place output = placeIn(w.out, row % volume(w.out));
  float s = 0;
  for (int tap = 0; tap < w.taps; tap++) {
    Place input;
    if (!inputUnder(w, output, tap, input)) continue;
    s += load(pointer<T>(a, 0), (sample * volume(w.in) + positionIn(w.in, input)) * w.ic + i % w.ic);
  }
  store(pointer<T>(a, 1), i, s / counted(a, w, output));
}
KERNELS(average_pool)

// at: dy, dx.
template <class T>
DEVICE void average_pool_backward(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const Index row = i / w.ic;
  const Index sample = row / volume(w.in);
  const Place input = placeIn(w.in, row % volume(w.in));
  float s = 0;
  for (int tap = 0; tap < w.taps; tap++) {
    Place output;
    if (!outputOver(w, input, tap, output)) continue;
    const Index y = (sample * volume(w.out) + positionIn(w.out, output)) * w.ic + i % w.ic;
    s += load(pointer<T>(a, 0), y) / counted(a, w, output);
  }
  store(pointer<T>(a, 1), i, s);
}
KERNELS(average_pool_backward)

// y = M x along every spatial dimension: resizes and adaptive pools, and with the transposed matrices their gradients.
// A dimension's numbers are, for each position of y, the first position of x that counts and the first that does not,
// then the matrix, a row for each position of y.
// at: x, y, numbers. n: 0 channels, 1-3 dimensions of x, 4-6 dimensions of y, 7-9 where a dimension's numbers begin.
template <class T>
DEVICE void interpolate(const Args& a, Index i) {
  const Index channels = size(a, 0);
  const int in[3] = {static_cast<int>(a.n[1]), static_cast<int>(a.n[2]), static_cast<int>(a.n[3])};
  const int out[3] = {static_cast<int>(a.n[4]), static_cast<int>(a.n[5]), static_cast<int>(a.n[6])};
  const Index row = i / channels;
  const Index sample = row / volume(out);
  const Place y = placeIn(out, row % volume(out));
  const float* numbers[3];
  int from[3];
  int to[3];
  for (int d = 0; d < 3; d++) {
    const float* all = pointer<float>(a, 2) + a.n[7 + d];
    from[d] = static_cast<int>(all[2 * y.at[d]]);
    to[d] = static_cast<int>(all[2 * y.at[d] + 1]);
    numbers[d] = all + 2 * out[d] + y.at[d] * in[d];
  }
  float s = 0;
  Place x;
  for (x.at[0] = from[0]; x.at[0] < to[0]; x.at[0]++) {
    for (x.at[1] = from[1]; x.at[1] < to[1]; x.at[1]++) {
      float line = 0;
      for (x.at[2] = from[2]; x.at[2] < to[2]; x.at[2]++) {
        const Index e = (sample * volume(in) + positionIn(in, x)) * channels + i % channels;
        line += numbers[2][x.at[2]] * load(pointer<T>(a, 0), e);
      }
      s += numbers[0][x.at[0]] * numbers[1][x.at[1]] * line;
    }
  }
  store(pointer<T>(a, 1), i, s);
}
KERNELS(interpolate)
