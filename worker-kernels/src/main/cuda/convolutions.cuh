// Convolutions by definition, in any direction, with channels last: for depthwise ones, and for what cuDNN has no
// deterministic engine for.
//
// n: 0 groups, 1 input channels, 2 output channels, 3-5 input's spatial dimensions, 6-8 output's, 9-11 kernel, 12-14
// stride, 15-17 padding before, 18-20 dilation; dimensions that are missing come first, as 1. Weights lie as (output
// channel, tap, input channel of the group).
#pragma once

#include "activations.cuh"

struct Window3 {
  int in[3], out[3], kernel[3], stride[3], pad[3], dilation[3];
  int groups, ic, oc, icg, ocg, taps;
};

DEVICE Window3 windowOf(const Args& a) {
  Window3 w;
  w.groups = static_cast<int>(a.n[0]);
  w.ic = static_cast<int>(a.n[1]);
  w.oc = static_cast<int>(a.n[2]);
  for (int d = 0; d < 3; d++) {
    w.in[d] = static_cast<int>(a.n[3 + d]);
    w.out[d] = static_cast<int>(a.n[6 + d]);
    w.kernel[d] = static_cast<int>(a.n[9 + d]);
    w.stride[d] = static_cast<int>(a.n[12 + d]);
    w.pad[d] = static_cast<int>(a.n[15 + d]);
    w.dilation[d] = static_cast<int>(a.n[18 + d]);
  }
  w.icg = w.ic / w.groups;
  w.ocg = w.oc / w.groups;
  w.taps = w.kernel[0] * w.kernel[1] * w.kernel[2];
  return w;
}

// Three coordinates of a position.
struct Place {
  int at[3];
};

DEVICE Place placeIn(const int* sizes, Index position) {
  Place p;
  p.at[2] = static_cast<int>(position % sizes[2]);
  p.at[1] = static_cast<int>(position / sizes[2] % sizes[1]);
  p.at[0] = static_cast<int>(position / sizes[2] / sizes[1]);
  return p;
}

DEVICE Index positionIn(const int* sizes, const Place& p) {
  return static_cast<Index>((p.at[0] * sizes[1] + p.at[1]) * sizes[2] + p.at[2]);
}

DEVICE Index volume(const int* sizes) { return static_cast<Index>(sizes[0] * sizes[1] * sizes[2]); }

// The input's position under a tap of an output's window; false in the padding.
DEVICE bool inputUnder(const Window3& w, const Place& output, int tap, Place& input) {
  const Place t = placeIn(w.kernel, tap);
  bool inside = true;
  for (int d = 0; d < 3; d++) {
    input.at[d] = output.at[d] * w.stride[d] - w.pad[d] + t.at[d] * w.dilation[d];
    inside = inside && input.at[d] >= 0 && input.at[d] < w.in[d];
  }
  return inside;
}

// The output's coordinate whose window has an input under a tap; -1 where there is none.
DEVICE int coordinateOver(const Window3& w, int d, int input, int tap) {
  const int from = input + w.pad[d] - tap * w.dilation[d];
  if (from < 0) return -1;
  const int output = w.stride[d] == 1 ? from : from / w.stride[d];
  return output * w.stride[d] == from && output < w.out[d] ? output : -1;
}

// The output whose window has the input under a tap; false where there is none.
DEVICE bool outputOver(const Window3& w, const Place& input, int tap, Place& output) {
  const Place t = placeIn(w.kernel, tap);
  bool inside = true;
  for (int d = 0; d < 3; d++) {
    output.at[d] = coordinateOver(w, d, input.at[d], t.at[d]);
    inside = inside && output.at[d] >= 0;
  }
  return inside;
}

// Calls body with each tap of an output's window that lies inside, in order, and with the input's position under it.
template <class Body>
DEVICE void eachInput(const Window3& w, const Place& output, Body body) {
  int tap = 0;
  for (int d = 0; d < w.kernel[0]; d++) {
    const int z = output.at[0] * w.stride[0] - w.pad[0] + d * w.dilation[0];
    for (int h = 0; h < w.kernel[1]; h++) {
      const int y = output.at[1] * w.stride[1] - w.pad[1] + h * w.dilation[1];
      for (int v = 0; v < w.kernel[2]; v++, tap++) {
        const int x = output.at[2] * w.stride[2] - w.pad[2] + v * w.dilation[2];
        const bool inside = z >= 0 && z < w.in[0] && y >= 0 && y < w.in[1] && x >= 0 && x < w.in[2];
        if (inside) body(tap, static_cast<Index>((z * w.in[1] + y) * w.in[2] + x));
      }
    }
  }
}

// Calls body with each tap that some output's window has over an input, in order, and with the output's position.
template <class Body>
DEVICE void eachOutput(const Window3& w, const Place& input, Body body) {
  int tap = 0;
  for (int d = 0; d < w.kernel[0]; d++) {
    const int z = coordinateOver(w, 0, input.at[0], d);
    for (int h = 0; h < w.kernel[1]; h++) {
      const int y = coordinateOver(w, 1, input.at[1], h);
      for (int v = 0; v < w.kernel[2]; v++, tap++) {
        const int x = z < 0 || y < 0 ? -1 : coordinateOver(w, 2, input.at[2], v);
        if (x >= 0) body(tap, static_cast<Index>((z * w.out[1] + y) * w.out[2] + x));
      }
    }
  }
}

// Eight channels of one position of a sample, out of tensors with the same channels.
struct WidePlace {
  Index channel;
  Place at;     // in its own tensor
  Index first;  // the other tensor's first row of the sample
};

DEVICE WidePlace widePlace(Index i, Index channels, const int* own, const int* other) {
  const Index row = i / (channels / WIDE);
  return {i % (channels / WIDE) * WIDE, placeIn(own, row % volume(own)), row / volume(own) * volume(other)};
}

// y = f(sum + bias of the channel + addend); the last two where they are given. at: x, weights, y, bias, addend.
// n: 21 function. f: alpha. An index is an element of y.
template <class T>
DEVICE void conv_forward(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const int oc = static_cast<int>(i % w.oc);
  const Index row = i / w.oc;
  const Index sample = row / volume(w.out);
  const Place output = placeIn(w.out, row % volume(w.out));
  float s = 0;
  for (int tap = 0; tap < w.taps; tap++) {
    Place input;
    if (!inputUnder(w, output, tap, input)) continue;
    const Index x = (sample * volume(w.in) + positionIn(w.in, input)) * w.ic + oc / w.ocg * w.icg;
    const Index weight = (static_cast<Index>(oc) * w.taps + tap) * w.icg;
    for (int c = 0; c < w.icg; c++) s += load(pointer<T>(a, 0), x + c) * load(pointer<T>(a, 1), weight + c);
  }
  if (a.at[3]) s += pointer<float>(a, 3)[oc];
  if (a.at[4]) s += load(pointer<T>(a, 4), i);
  store(pointer<T>(a, 2), i, activated(static_cast<int>(a.n[21]), a.f[0], s));
}
KERNELS(conv_forward)

// at: dy, weights, dx. An index is an element of dx.
template <class T>
DEVICE void conv_data(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const int ic = static_cast<int>(i % w.ic);
  const int group = ic / w.icg;
  const Index row = i / w.ic;
  const Index sample = row / volume(w.in);
  const Place input = placeIn(w.in, row % volume(w.in));
  float s = 0;
  for (int tap = 0; tap < w.taps; tap++) {
    Place output;
    if (!outputOver(w, input, tap, output)) continue;
    const Index dy = (sample * volume(w.out) + positionIn(w.out, output)) * w.oc + group * w.ocg;
    for (int c = 0; c < w.ocg; c++) {
      const Index weight = ((static_cast<Index>(group) * w.ocg + c) * w.taps + tap) * w.icg + ic % w.icg;
      s += load(pointer<T>(a, 0), dy + c) * load(pointer<T>(a, 1), weight);
    }
  }
  store(pointer<T>(a, 2), i, s);
}
KERNELS(conv_data)

// A part of the weight gradient, over some rows of outputs. at: x, dy, sums. n: 21 rows of all samples, 22 rows of a
// part. An index is a weight of a part: (part, tap, input channel of the group, output channel), so that neighbouring
// indices read neighbouring channels.
template <class T>
DEVICE void conv_weights(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const int oc = static_cast<int>(i % w.oc);
  const int ic = static_cast<int>(i / w.oc % w.icg);
  const int tap = static_cast<int>(i / w.oc / w.icg % w.taps);
  const Index part = i / w.oc / w.icg / w.taps;
  const Index from = part * size(a, 22);
  const Index to = from + size(a, 22) < size(a, 21) ? from + size(a, 22) : size(a, 21);
  float s = 0;
  for (Index row = from; row < to; row++) {
    const Index sample = row / volume(w.out);
    Place input;
    if (!inputUnder(w, placeIn(w.out, row % volume(w.out)), tap, input)) continue;
    const Index x = (sample * volume(w.in) + positionIn(w.in, input)) * w.ic + oc / w.ocg * w.icg + ic;
    s += load(pointer<T>(a, 0), x) * load(pointer<T>(a, 1), row * w.oc + oc);
  }
  pointer<float>(a, 2)[i] = s;
}
KERNELS(conv_weights)

// Depthwise convolutions, eight channels an index. The weights lie as (tap, channel).

// As conv_forward. An index is eight elements of y.
template <class T>
DEVICE void depthwise_forward_wide(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const WidePlace place = widePlace(i, w.oc, w.out, w.in);
  const Index c = place.channel;
  Wide s = {};
  eachInput(w, place.at, [&](int tap, Index position) {
    const Wide x = loadWide(pointer<T>(a, 0), (place.first + position) * w.ic + c);
    const Wide weight = loadWide(pointer<T>(a, 1), static_cast<Index>(tap) * w.oc + c);
    for (Index k = 0; k < WIDE; k++) s.at[k] += x.at[k] * weight.at[k];
  });
  if (a.at[3]) {
    for (Index k = 0; k < WIDE; k++) s.at[k] += pointer<float>(a, 3)[c + k];
  }
  if (a.at[4]) {
    const Wide addend = loadWide(pointer<T>(a, 4), i * WIDE);
    for (Index k = 0; k < WIDE; k++) s.at[k] += addend.at[k];
  }
  withFunction(a.n[21], [&](auto function) {
    for (Index k = 0; k < WIDE; k++) s.at[k] = activated(function, a.f[0], s.at[k]);
  });
  storeWide(pointer<T>(a, 2), i * WIDE, s);
}
KERNELS(depthwise_forward_wide)

// at: dy, weights, dx. n: as windowOf. An index is eight elements of dx.
template <class T>
DEVICE void depthwise_data_wide(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const WidePlace place = widePlace(i, w.ic, w.in, w.out);
  const Index c = place.channel;
  Wide s = {};
  eachOutput(w, place.at, [&](int tap, Index position) {
    const Wide dy = loadWide(pointer<T>(a, 0), (place.first + position) * w.oc + c);
    const Wide weight = loadWide(pointer<T>(a, 1), static_cast<Index>(tap) * w.oc + c);
    for (Index k = 0; k < WIDE; k++) s.at[k] += dy.at[k] * weight.at[k];
  });
  storeWide(pointer<T>(a, 2), i * WIDE, s);
}
KERNELS(depthwise_data_wide)

// A part of the weight gradient. at: x, dy, sums. n: as conv_weights. An index is eight channels of a tap of a part.
template <class T>
DEVICE void depthwise_weights_wide(const Args& a, Index i) {
  const Window3 w = windowOf(a);
  const Index groups = w.oc / WIDE;
  const Index c = i % groups * WIDE;
  const Place tap = placeIn(w.kernel, i / groups % w.taps);
  const Index from = i / groups / w.taps * size(a, 22);
  const Index to = from + size(a, 22) < size(a, 21) ? from + size(a, 22) : size(a, 21);
  Place output = placeIn(w.out, from % volume(w.out));
  Index first = from / volume(w.out) * volume(w.in);
  Wide s = {};
  for (Index row = from; row < to; row++) {
    Place input;
    bool inside = true;
    for (int d = 0; d < 3; d++) {
      input.at[d] = output.at[d] * w.stride[d] - w.pad[d] + tap.at[d] * w.dilation[d];
      inside = inside && input.at[d] >= 0 && input.at[d] < w.in[d];
    }
    if (inside) {
      const Wide x = loadWide(pointer<T>(a, 0), (first + positionIn(w.in, input)) * w.ic + c);
      const Wide dy = loadWide(pointer<T>(a, 1), row * w.oc + c);
      for (Index k = 0; k < WIDE; k++) s.at[k] += x.at[k] * dy.at[k];
    }
    // The next output, without a division.
    for (int d = 2; d >= 0 && ++output.at[d] == w.out[d]; d--) {
      output.at[d] = 0;
      if (d == 0) first += volume(w.in);
    }
  }
  storeWide(pointer<float>(a, 2), i / groups * w.oc + c, s);
}
KERNELS(depthwise_weights_wide)
