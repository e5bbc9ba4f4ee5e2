// Normalisation: batch, layer and group norms differ in which elements share moments and which share a scale.
#pragma once

#include "sums.cuh"

// n: 0 positions, 1 channels, 2-4 strides of moments over sample, position and group of channels, 5 channels of a
// group, 6 stride of scale over position, 7 over channel.
struct NormPlace {
  Index moment, scale;
};

DEVICE NormPlace normPlace(const Args& a, Index i) {
  const Shared at = placeOf(i, size(a, 0), size(a, 1));
  const Index moment =
      at.sample * size(a, 2) + at.position * size(a, 3) + at.channel / size(a, 5) * size(a, 4);
  return {moment, at.position * size(a, 6) + at.channel * size(a, 7)};
}

// The distance of the moments of neighbouring channels, where eight of them share moments or have one each.
DEVICE Index momentStep(const Args& a) { return a.n[5] == 1 ? size(a, 4) : 0; }

DEVICE NormPlace neighbour(const Args& a, const NormPlace& first, Index k) {
  return {first.moment + k * momentStep(a), first.scale + k * size(a, 7)};
}

DEVICE float oneOverRoot(float x) { return 1 / sqrtf(x); }

// Mean and one over the root of the variance, of sums about a pivot: the column's first element.
// at: x, sums, mean, root, batch mean's place, batch variance's place, running mean. n: 0 elements of a column,
// 1 columns. f: epsilon. The places get what RunningStatistics defines: the mean about the running mean, and the second
// moment about it.
template <class T>
DEVICE void batch_moments(const Args& a, Index i) {
  const float pivot = load(pointer<T>(a, 0), i);
  const double elements = static_cast<double>(a.n[0]);
  const double shift = pointer<float>(a, 1)[i] / elements;
  double variance = pointer<float>(a, 1)[i + size(a, 1)] / elements - shift * shift;
  if (variance < 0) variance = 0;
  const double mean = pivot + shift;
  pointer<float>(a, 2)[i] = static_cast<float>(mean);
  pointer<float>(a, 3)[i] = oneOverRoot(static_cast<float>(variance) + a.f[0]);
  if (a.at[4]) {
    const double moved = mean - pointer<float>(a, 6)[i];
    pointer<float>(a, 4)[i] = static_cast<float>(moved);
    pointer<float>(a, 5)[i] = static_cast<float>(variance + moved * moved);
  }
}
KERNELS(batch_moments)

// One over the root of variance plus epsilon. at: variance, root. f: epsilon, factor of the variance.
DEVICE void root(const Args& a, Index i) {
  pointer<float>(a, 1)[i] = oneOverRoot(a.f[1] * pointer<float>(a, 0)[i] + a.f[0]);
}
KERNEL(root_any, root)

// Weights of a convolution with the norm behind it folded in. at: weights (output, input, tap), scale, variance, result
// (output, tap, input). n: 0 taps, 1 inputs. f: epsilon. An index is an element of the result.
template <class T>
DEVICE void folded_weights(const Args& a, Index i) {
  const Index inputs = size(a, 1);
  const Index taps = size(a, 0);
  const Index output = i / inputs / taps;
  const Index from = (output * inputs + i % inputs) * taps + i / inputs % taps;
  const float factor = pointer<float>(a, 1)[output] * oneOverRoot(pointer<float>(a, 2)[output] + a.f[0]);
  store(pointer<T>(a, 3), i, factor * pointer<float>(a, 0)[from]);
}
KERNELS(folded_weights)

// The bias that goes with them: shift + scale (bias - mean) / root. at: bias, scale, shift, mean, variance, result. The
// bias may be missing. f: epsilon.
DEVICE void folded_bias(const Args& a, Index i) {
  const float factor = pointer<float>(a, 1)[i] * oneOverRoot(pointer<float>(a, 4)[i] + a.f[0]);
  const float bias = a.at[0] ? pointer<float>(a, 0)[i] : 0;
  pointer<float>(a, 5)[i] = pointer<float>(a, 2)[i] + factor * (bias - pointer<float>(a, 3)[i]);
}
KERNEL(folded_bias_any, folded_bias)

// Sum of (x - mean)^2. at: x, mean, sums. n: as partOf, from 8 on as normPlace.
template <class T>
DEVICE void sum_centred(const Args& a, Index i) {
  const Part part = partOf(a, i);
  float s = 0;
  for (Index m = part.from; m < part.to; m++) {
    const Index e = elementOf(part, m);
    const Shared at = placeOf(e, size(a, 8), size(a, 9));
    const Index moment = at.sample * size(a, 10) + at.position * size(a, 11) + at.channel / size(a, 13) * size(a, 12);
    const float d = load(pointer<T>(a, 0), e) - pointer<float>(a, 1)[moment];
    s += d * d;
  }
  pointer<float>(a, 2)[i] = s;
}
KERNELS(sum_centred)

DEVICE float scaleOf(const Args& a, int which, Index place) {
  return a.at[which] ? pointer<float>(a, which)[place] : 1;
}

// What a fused norm adds its addend to: scale (x - mean) root + shift. at: 1 mean, 2 root, 3 scale, 4 shift.
DEVICE float scaledAndShifted(const Args& a, const NormPlace& place, float x) {
  const float z = (x - pointer<float>(a, 1)[place.moment]) * pointer<float>(a, 2)[place.moment];
  const float y = z * scaleOf(a, 3, place.scale);
  return a.at[4] ? y + pointer<float>(a, 4)[place.scale] : y;
}

// y = f(scale (x - mean) root + shift + addend). at: x, mean, root, scale, shift, addend, y. Scale, shift and addend may
// be missing. n: as normPlace, 8 function.
template <class T>
DEVICE void normalise(const Args& a, Index i) {
  float y = scaledAndShifted(a, normPlace(a, i), load(pointer<T>(a, 0), i));
  if (a.at[5]) y += load(pointer<T>(a, 5), i);
  store(pointer<T>(a, 6), i, activated(static_cast<int>(a.n[8]), 0, y));
}
KERNELS(normalise)

// The same sum for eight channels.
template <class T>
DEVICE Wide wideBeforeActivation(const Args& a, Index e) {
  const NormPlace first = normPlace(a, e);
  Wide y = loadWide(pointer<T>(a, 0), e);
  for (Index k = 0; k < WIDE; k++) y.at[k] = scaledAndShifted(a, neighbour(a, first, k), y.at[k]);
  if (a.at[5]) {
    const Wide addend = loadWide(pointer<T>(a, 5), e);
    for (Index k = 0; k < WIDE; k++) y.at[k] += addend.at[k];
  }
  return y;
}

template <class T>
DEVICE void normalise_wide(const Args& a, Index i) {
  Wide y = wideBeforeActivation<T>(a, i * WIDE);
  withFunction(a.n[8], [&](auto function) {
    for (Index k = 0; k < WIDE; k++) y.at[k] = activated(function, 0, y.at[k]);
  });
  storeWide(pointer<T>(a, 6), i * WIDE, y);
}
KERNELS(normalise_wide)

// The gradient before the activation of a fused norm: g = dy f'(scale z + shift + addend).
// at: x, mean, root, scale, shift, addend, dy, g. n: as normPlace, 8 function.
template <class T>
DEVICE void normalise_gate(const Args& a, Index i) {
  float y = scaledAndShifted(a, normPlace(a, i), load(pointer<T>(a, 0), i));
  if (a.at[5]) y += load(pointer<T>(a, 5), i);
  store(pointer<T>(a, 7), i, load(pointer<T>(a, 6), i) * derivative(static_cast<int>(a.n[8]), 0, y));
}
KERNELS(normalise_gate)

template <class T>
DEVICE void normalise_gate_wide(const Args& a, Index i) {
  const Wide y = wideBeforeActivation<T>(a, i * WIDE);
  Wide g = loadWide(pointer<T>(a, 6), i * WIDE);
  withFunction(a.n[8], [&](auto function) {
    for (Index k = 0; k < WIDE; k++) g.at[k] *= derivative(function, 0, y.at[k]);
  });
  storeWide(pointer<T>(a, 7), i * WIDE, g);
}
KERNELS(normalise_gate_wide)

// What an activation behind a norm leaves of dy: f'(scale z + shift). at: scale and shift at the places given.
DEVICE float gateOf(const Args& a, int function, int scaleAt, int shiftAt, Index place, float z) {
  if (function == NONE) return 1;
  return derivative(function, 0, z * scaleOf(a, scaleAt, place) + (a.at[shiftAt] ? pointer<float>(a, shiftAt)[place] : 0));
}

// Sums of g and g z, g = dy f' or, where a scale is given, dy scale. at: x, mean, root, dy, sums, scale, and the scale and
// the shift that the activation sees. n: as partOf, from 8 on as normPlace, 16 the activation's function, or none.
template <class T>
DEVICE void sum_norm(const Args& a, Index i) {
  const Part part = partOf(a, i);
  float first = 0;
  float second = 0;
  for (Index m = part.from; m < part.to; m++) {
    const Index e = elementOf(part, m);
    const Shared at = placeOf(e, size(a, 8), size(a, 9));
    const Index moment = at.sample * size(a, 10) + at.position * size(a, 11) + at.channel / size(a, 13) * size(a, 12);
    const float z = (load(pointer<T>(a, 0), e) - pointer<float>(a, 1)[moment]) * pointer<float>(a, 2)[moment];
    const Index scale = at.position * size(a, 14) + at.channel * size(a, 15);
    const float gate = gateOf(a, static_cast<int>(a.n[16]), 6, 7, scale, z);
    const float g = load(pointer<T>(a, 3), e) * gate * scaleOf(a, 5, scale);
    first += g;
    second += g * z;
  }
  pointer<float>(a, 4)[i] = first;
  pointer<float>(a, 4)[i + a.count] = second;
}
KERNELS(sum_norm)

// The same for eight channels, each of which has moments of its own, without a scale of the gradient. n: as partOf,
// 16 the activation's function, or none.
template <class T>
DEVICE void sum_norm_wide(const Args& a, Index i) {
  const Part part = partOf(a, i, WIDE);
  Wide mean, root, scale, shift;
  for (Index k = 0; k < WIDE; k++) {
    mean.at[k] = pointer<float>(a, 1)[part.inner + k];
    root.at[k] = pointer<float>(a, 2)[part.inner + k];
    scale.at[k] = scaleOf(a, 6, part.inner + k);
    shift.at[k] = a.at[7] ? pointer<float>(a, 7)[part.inner + k] : 0;
  }
  Wide first = {};
  Wide second = {};
  withFunction(a.n[16], [&](auto function) {
    for (Index m = part.from; m < part.to; m++) {
      const Wide x = loadWide(pointer<T>(a, 0), elementOf(part, m));
      const Wide dy = loadWide(pointer<T>(a, 3), elementOf(part, m));
      for (Index k = 0; k < WIDE; k++) {
        const float z = (x.at[k] - mean.at[k]) * root.at[k];
        const float g = dy.at[k] * derivative(function, 0, z * scale.at[k] + shift.at[k]);
        first.at[k] += g;
        second.at[k] += g * z;
      }
    }
  });
  storeWideSums(a, 4, i, first, second);
}
KERNELS(sum_norm_wide)

// dx = root (dy scale - s (first + z second) / elements), where s is the scale if the sums leave it out.
// at: x, mean, root, scale, dy, first, second, dx, shift. Without sums the moments do not depend on x: dx = root dy scale.
// dy is that behind an activation if there is one. n: as normPlace, 8 whether the sums leave the scale out, 9 the
// activation's function, or none. f: one over the elements of a sum.
// The gradient behind a norm's moments: that of one element, g = dy f', with z where anything needs it.
DEVICE float throughMoments(const Args& a, const NormPlace& place, float z, float g) {
  const float scale = scaleOf(a, 3, place.scale);
  float dx = g * scale;
  if (a.at[5]) {
    const float sums = pointer<float>(a, 5)[place.moment] + z * pointer<float>(a, 6)[place.moment];
    dx -= (a.n[8] ? scale : 1) * sums * a.f[0];
  }
  return dx * pointer<float>(a, 2)[place.moment];
}

template <class T>
DEVICE void norm_backward(const Args& a, Index i) {
  const NormPlace place = normPlace(a, i);
  const bool needsZ = a.at[5] || a.n[9] != NONE;
  const float centred = needsZ ? load(pointer<T>(a, 0), i) - pointer<float>(a, 1)[place.moment] : 0;
  const float z = centred * pointer<float>(a, 2)[place.moment];
  const float g = load(pointer<T>(a, 4), i) * gateOf(a, static_cast<int>(a.n[9]), 3, 8, place.scale, z);
  store(pointer<T>(a, 7), i, throughMoments(a, place, z, g));
}
KERNELS(norm_backward)

template <class T>
DEVICE void norm_backward_wide(const Args& a, Index i) {
  const Index e = i * WIDE;
  const NormPlace first = normPlace(a, e);
  const bool needsZ = a.at[5] || a.n[9] != NONE;
  Wide z = needsZ ? loadWide(pointer<T>(a, 0), e) : Wide{};
  Wide dx = loadWide(pointer<T>(a, 4), e);
  withFunction(a.n[9], [&](auto function) {
    for (Index k = 0; k < WIDE; k++) {
      const NormPlace place = neighbour(a, first, k);
      if (needsZ) z.at[k] = (z.at[k] - pointer<float>(a, 1)[place.moment]) * pointer<float>(a, 2)[place.moment];
      const float g = dx.at[k] * gateOf(a, function, 3, 8, place.scale, z.at[k]);
      dx.at[k] = throughMoments(a, place, z.at[k], g);
    }
  });
  storeWide(pointer<T>(a, 7), e, dx);
}
KERNELS(norm_backward_wide)

// Batch norms whose channels are taken eight at a time have, for each channel, the factors of a line: y = x a + b forward,
// and dx = g a + x c + d backward. An index takes eight channels of some rows, which lie far apart, so that neighbouring
// indices read neighbouring memory.
struct RowsOf {
  Index channel, first, step;  // rows first, first + step, ...
};

// n: 0 rows, 1 channels, 2 steps: the rows that lie between two of an index.
DEVICE RowsOf rowsOf(const Args& a, Index i) {
  const Index groups = size(a, 1) / WIDE;
  return {i % groups * WIDE, i / groups, size(a, 2)};
}

// The factors a and b. at: mean, root, scale, shift, factors. n: 0 channels.
DEVICE void batch_factors(const Args& a, Index i) {
  const float slope = pointer<float>(a, 2)[i] * pointer<float>(a, 1)[i];
  pointer<float>(a, 4)[i] = slope;
  pointer<float>(a, 4)[i + size(a, 0)] = pointer<float>(a, 3)[i] - pointer<float>(a, 0)[i] * slope;
}
KERNEL(batch_factors_any, batch_factors)

// The factors c and d, of the sums of g and g z. at: mean, root, factors a and b, first, second, factors c and d.
// n: 0 channels. f: one over the elements of a sum.
DEVICE void batch_gradient_factors(const Args& a, Index i) {
  const float share = pointer<float>(a, 2)[i] * a.f[0];
  const float c = -share * pointer<float>(a, 4)[i] * pointer<float>(a, 1)[i];
  pointer<float>(a, 5)[i] = c;
  pointer<float>(a, 5)[i + size(a, 0)] = -share * pointer<float>(a, 3)[i] - c * pointer<float>(a, 0)[i];
}
KERNEL(batch_gradient_factors_any, batch_gradient_factors)

// y = f(x a + b + addend). at: x, factors a and b, addend, y. The addend may be missing. n: as rowsOf, 3 function.
template <class T>
DEVICE void batch_normalise(const Args& a, Index i) {
  const RowsOf rows = rowsOf(a, i);
  const Index channels = size(a, 1);
  const Wide slope = loadWide(pointer<float>(a, 1), rows.channel);
  const Wide offset = loadWide(pointer<float>(a, 1), channels + rows.channel);
  withFunction(a.n[3], [&](auto function) {
    for (Index row = rows.first; row < size(a, 0); row += rows.step) {
      const Index e = row * channels + rows.channel;
      Wide x = loadWide(pointer<T>(a, 0), e);
      for (Index k = 0; k < WIDE; k++) x.at[k] = x.at[k] * slope.at[k] + offset.at[k];
      if (a.at[2]) {
        const Wide addend = loadWide(pointer<T>(a, 2), e);
        for (Index k = 0; k < WIDE; k++) x.at[k] += addend.at[k];
      }
      for (Index k = 0; k < WIDE; k++) x.at[k] = activated(function, 0, x.at[k]);
      storeWide(pointer<T>(a, 3), e, x);
    }
  });
}
KERNELS(batch_normalise)

// dx = g a + x c + d, g = dy f'(x a + b). at: x, dy, factors a and b, factors c and d, dx. n: as rowsOf, 3 the activation's
// function, or none.
template <class T>
DEVICE void batch_backward(const Args& a, Index i) {
  const RowsOf rows = rowsOf(a, i);
  const Index channels = size(a, 1);
  const Wide slope = loadWide(pointer<float>(a, 2), rows.channel);
  const Wide offset = loadWide(pointer<float>(a, 2), channels + rows.channel);
  const Wide c = loadWide(pointer<float>(a, 3), rows.channel);
  const Wide d = loadWide(pointer<float>(a, 3), channels + rows.channel);
  withFunction(a.n[3], [&](auto function) {
    for (Index row = rows.first; row < size(a, 0); row += rows.step) {
      const Index e = row * channels + rows.channel;
      const Wide x = loadWide(pointer<T>(a, 0), e);
      Wide dx = loadWide(pointer<T>(a, 1), e);
      for (Index k = 0; k < WIDE; k++) {
        const float g = dx.at[k] * derivative(function, 0, x.at[k] * slope.at[k] + offset.at[k]);
        dx.at[k] = g * slope.at[k] + (x.at[k] * c.at[k] + d.at[k]);
      }
      storeWide(pointer<T>(a, 4), e, dx);
    }
  });
}
KERNELS(batch_backward)

// Layer norms over the channels of a row, of which there are whole eights. An index is a row.

DEVICE float total(const Wide& x) {
  return ((x.at[0] + x.at[1]) + (x.at[2] + x.at[3])) + ((x.at[4] + x.at[5]) + (x.at[6] + x.at[7]));
}

// y = scale (x - mean) root + shift. at: x, scale, shift, mean, root, y. n: 0 channels. f: epsilon, one over the channels.
template <class T>
DEVICE void row_norm(const Args& a, Index i) {
  const Index from = i * size(a, 0);
  Wide s = {};
  for (Index c = 0; c < size(a, 0); c += WIDE) {
    const Wide x = loadWide(pointer<T>(a, 0), from + c);
    for (Index k = 0; k < WIDE; k++) s.at[k] += x.at[k];
  }
  const float mean = total(s) * a.f[1];
  Wide squares = {};
  for (Index c = 0; c < size(a, 0); c += WIDE) {
    const Wide x = loadWide(pointer<T>(a, 0), from + c);
    for (Index k = 0; k < WIDE; k++) squares.at[k] += (x.at[k] - mean) * (x.at[k] - mean);
  }
  const float root = oneOverRoot(total(squares) * a.f[1] + a.f[0]);
  for (Index c = 0; c < size(a, 0); c += WIDE) {
    Wide x = loadWide(pointer<T>(a, 0), from + c);
    for (Index k = 0; k < WIDE; k++) {
      x.at[k] = (x.at[k] - mean) * root * pointer<float>(a, 1)[c + k] + pointer<float>(a, 2)[c + k];
    }
    storeWide(pointer<T>(a, 5), from + c, x);
  }
  pointer<float>(a, 3)[i] = mean;
  pointer<float>(a, 4)[i] = root;
}
KERNELS(row_norm)

// dx = root (g - (sum of g + z sum of g z) / channels), g = dy scale. at: x, mean, root, scale, dy, dx. n: 0 channels.
// f: one over the channels.
template <class T>
DEVICE void row_norm_backward(const Args& a, Index i) {
  const Index from = i * size(a, 0);
  const float mean = pointer<float>(a, 1)[i];
  const float root = pointer<float>(a, 2)[i];
  Wide first = {};
  Wide second = {};
  for (Index c = 0; c < size(a, 0); c += WIDE) {
    const Wide x = loadWide(pointer<T>(a, 0), from + c);
    const Wide dy = loadWide(pointer<T>(a, 4), from + c);
    for (Index k = 0; k < WIDE; k++) {
      const float g = dy.at[k] * pointer<float>(a, 3)[c + k];
      first.at[k] += g;
      second.at[k] += g * ((x.at[k] - mean) * root);
    }
  }
  const float sum = total(first) * a.f[0];
  const float sumZ = total(second) * a.f[0];
  for (Index c = 0; c < size(a, 0); c += WIDE) {
    const Wide x = loadWide(pointer<T>(a, 0), from + c);
    Wide dx = loadWide(pointer<T>(a, 4), from + c);
    for (Index k = 0; k < WIDE; k++) {
      const float z = (x.at[k] - mean) * root;
      dx.at[k] = (dx.at[k] * pointer<float>(a, 3)[c + k] - (sum + z * sumZ)) * root;
    }
    storeWide(pointer<T>(a, 5), from + c, dx);
  }
}
KERNELS(row_norm_backward)

// Sums of dy and dy z over rows, each of which has moments of its own, for eight channels. at: x, mean, root, dy, sums.
// n: as partOf.
template <class T>
DEVICE void sum_row_norm_wide(const Args& a, Index i) {
  const Part part = partOf(a, i, WIDE);
  Wide first = {};
  Wide second = {};
  for (Index m = part.from; m < part.to; m++) {
    const float mean = pointer<float>(a, 1)[m];
    const float root = pointer<float>(a, 2)[m];
    const Wide x = loadWide(pointer<T>(a, 0), elementOf(part, m));
    const Wide dy = loadWide(pointer<T>(a, 3), elementOf(part, m));
    for (Index k = 0; k < WIDE; k++) {
      first.at[k] += dy.at[k];
      second.at[k] += dy.at[k] * ((x.at[k] - mean) * root);
    }
  }
  storeWideSums(a, 4, i, first, second);
}
KERNELS(sum_row_norm_wide)

// Local response norm over the channels of a row. d = k + alpha / size * the sum of x^2 around a channel.
// n: 0 channels, 1 half of the window. f: 0 alpha / size, 1 beta, 2 k, 3 2 alpha beta / size.
template <class T>
DEVICE float responseDivisor(const Args& a, Index row, int channel) {
  const int channels = static_cast<int>(a.n[0]);
  const int half = static_cast<int>(a.n[1]);
  float s = 0;
  for (int c = most(0, channel - half); c <= least(channels - 1, channel + half); c++) {
    const float x = load(pointer<T>(a, 0), row * channels + c);
    s += x * x;
  }
  return a.f[2] + a.f[0] * s;
}

// at: x, y.
template <class T>
DEVICE void response_norm(const Args& a, Index i) {
  const Index channels = size(a, 0);
  const float d = responseDivisor<T>(a, i / channels, static_cast<int>(i % channels));
  store(pointer<T>(a, 1), i, load(pointer<T>(a, 0), i) * powf(d, -a.f[1]));
}
KERNELS(response_norm)

// at: x, dy, dx.
template <class T>
DEVICE void response_norm_backward(const Args& a, Index i) {
  const int channels = static_cast<int>(a.n[0]);
  const int half = static_cast<int>(a.n[1]);
  const Index row = i / channels;
  const int channel = static_cast<int>(i % channels);
  float others = 0;
  for (int c = most(0, channel - half); c <= least(channels - 1, channel + half); c++) {
    const Index e = row * channels + c;
    const float d = responseDivisor<T>(a, row, c);
    others += load(pointer<T>(a, 1), e) * load(pointer<T>(a, 0), e) * powf(d, -a.f[1] - 1);
  }
  const float d = responseDivisor<T>(a, row, channel);
  const float x = load(pointer<T>(a, 0), i);
  store(pointer<T>(a, 2), i, load(pointer<T>(a, 1), i) * powf(d, -a.f[1]) - a.f[3] * x * others);
}
KERNELS(response_norm_backward)

// Global response norm. The sums of squares of a channel become its norm g, and the mean of a sample's norms plus epsilon
// the divisor. at: squares, divisors. n: 0 channels. f: epsilon.
DEVICE void response_divisor(const Args& a, Index i) {
  const Index channels = size(a, 0);
  float s = 0;
  for (Index c = 0; c < channels; c++) s += sqrtf(pointer<float>(a, 0)[i * channels + c]);
  pointer<float>(a, 1)[i] = s / channels + a.f[0];
}
KERNEL(response_divisor_any, response_divisor)

// y = x (scale n + 1) + shift, n = g / divisor. at: x, squares, divisors, scale, shift, y. n: 0 positions, 1 channels.
template <class T>
DEVICE void global_response(const Args& a, Index i) {
  const Shared at = placeOf(i, size(a, 0), size(a, 1));
  const float g = sqrtf(pointer<float>(a, 1)[at.sample * size(a, 1) + at.channel]);
  const float relative = g / pointer<float>(a, 2)[at.sample];
  const float factor = pointer<float>(a, 3)[at.channel] * relative + 1;
  store(pointer<T>(a, 5), i, load(pointer<T>(a, 0), i) * factor + pointer<float>(a, 4)[at.channel]);
}
KERNELS(global_response)

// The sum over a sample's channels of dn n, dn = scale times the channel's sum of dy x. at: squares, divisors, products,
// scale, result. n: 0 channels.
DEVICE void response_mean(const Args& a, Index i) {
  const Index channels = size(a, 0);
  float s = 0;
  for (Index c = 0; c < channels; c++) {
    const float relative = sqrtf(pointer<float>(a, 0)[i * channels + c]) / pointer<float>(a, 1)[i];
    s += pointer<float>(a, 3)[c] * pointer<float>(a, 2)[i * channels + c] * relative;
  }
  pointer<float>(a, 4)[i] = s;
}
KERNEL(response_mean_any, response_mean)

// dx = dy (scale n + 1) + x dg / g. at: x, dy, squares, divisors, products, scale, means, dx. n: 0 positions, 1 channels.
template <class T>
DEVICE void global_response_backward(const Args& a, Index i) {
  const Shared at = placeOf(i, size(a, 0), size(a, 1));
  const Index place = at.sample * size(a, 1) + at.channel;
  const float g = sqrtf(pointer<float>(a, 2)[place]);
  const float divisor = pointer<float>(a, 3)[at.sample];
  const float scale = pointer<float>(a, 5)[at.channel];
  const float dn = scale * pointer<float>(a, 4)[place];
  const float dg = (dn - pointer<float>(a, 6)[at.sample] / size(a, 1)) / divisor;
  const float dy = load(pointer<T>(a, 1), i);
  const float rest = g == 0 ? 0 : load(pointer<T>(a, 0), i) * dg / g;
  store(pointer<T>(a, 7), i, dy * (scale * g / divisor + 1) + rest);
}
KERNELS(global_response_backward)

// The gradient of the scale: the products of a channel times its relative norm, over samples. at: squares, divisors,
// products, result. n: 0 samples, 1 channels.
DEVICE void response_scale(const Args& a, Index i) {
  float s = 0;
  for (Index n = 0; n < size(a, 0); n++) {
    const Index place = n * size(a, 1) + i;
    s += pointer<float>(a, 2)[place] * sqrtf(pointer<float>(a, 0)[place]) / pointer<float>(a, 1)[n];
  }
  pointer<float>(a, 3)[i] = s;
}
KERNEL(response_scale_any, response_scale)

// Softmax of scale x over the channels of a row. at: x, y. n: 0 channels, 1 type of x. f: scale, above zero. An index is
// a row.
template <class T>
DEVICE void softmax(const Args& a, Index i) {
  const Index channels = size(a, 0);
  const Index from = i * channels;
  float largest = loadAs(a.at[0], a.n[1], from);
  for (Index c = 1; c < channels; c++) {
    const float x = loadAs(a.at[0], a.n[1], from + c);
    largest = x > largest ? x : largest;
  }
  float s = 0;
  for (Index c = 0; c < channels; c++) s += expf(a.f[0] * (loadAs(a.at[0], a.n[1], from + c) - largest));
  for (Index c = 0; c < channels; c++) {
    store(pointer<T>(a, 1), from + c, expf(a.f[0] * (loadAs(a.at[0], a.n[1], from + c) - largest)) / s);
  }
}
KERNELS(softmax)

// dx = scale y (dy - the row's sum of dy y). at: y, dy, dx. n: channels. f: scale. An index is a row.
template <class T>
DEVICE void softmax_backward(const Args& a, Index i) {
  const Index channels = size(a, 0);
  float s = 0;
  for (Index c = 0; c < channels; c++) {
    s += load(pointer<T>(a, 0), i * channels + c) * load(pointer<T>(a, 1), i * channels + c);
  }
  for (Index c = 0; c < channels; c++) {
    const Index e = i * channels + c;
    store(pointer<T>(a, 2), e, a.f[0] * load(pointer<T>(a, 0), e) * (load(pointer<T>(a, 1), e) - s));
  }
}
KERNELS(softmax_backward)

// Scores (sample, head, query, key) plus the number of their relative position, times a factor. at: scores, table
// (relative position, head), result. n: 0 height, 1 width, 2 heads, 3 samples. f: factor of the table.
DEVICE void relative_positions(const Args& a, Index i) {
  const Index width = size(a, 1);
  const Index positions = size(a, 0) * width;
  const Index key = i % positions;
  const Index query = i / positions % positions;
  const Index head = i / positions / positions % size(a, 2);
  const Index down = query / width + size(a, 0) - 1 - key / width;
  const Index row = down * (2 * width - 1) + query % width + width - 1 - key % width;
  pointer<float>(a, 2)[i] = pointer<float>(a, 0)[i] + a.f[0] * pointer<float>(a, 1)[row * size(a, 2) + head];
}
KERNEL(relative_positions_any, relative_positions)

// The gradient of the table: that of the scores, summed over samples and over the pairs of one relative position.
// at: gradient of the scores, result. n and f: as relative_positions. An index is a number of the table.
template <class T>
DEVICE void relative_gradient(const Args& a, Index i) {
  const int height = static_cast<int>(a.n[0]);
  const int width = static_cast<int>(a.n[1]);
  const Index heads = size(a, 2);
  const Index positions = size(a, 0) * size(a, 1);
  const int row = static_cast<int>(i / heads);
  const int down = row / (2 * width - 1) - (height - 1);
  const int right = row % (2 * width - 1) - (width - 1);
  float s = 0;
  for (Index sample = 0; sample < size(a, 3); sample++) {
    const Index matrix = (sample * heads + i % heads) * positions;
    for (int y = most(0, down); y < least(height, height + down); y++) {
      for (int x = most(0, right); x < least(width, width + right); x++) {
        const Index query = static_cast<Index>(y * width + x);
        const Index key = static_cast<Index>((y - down) * width + x - right);
        s += load(pointer<T>(a, 0), (matrix + query) * positions + key);
      }
    }
  }
  pointer<float>(a, 1)[i] = a.f[0] * s;
}
KERNELS(relative_gradient)
