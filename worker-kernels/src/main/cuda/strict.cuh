// Exponential, logarithms and powers in double, with the bits that java.lang.StrictMath prescribes: the results of Sun's fdlibm.
// An argument is reduced to one near zero, a polynomial takes its even part, and what reduction lost is added back.
// Compiled without fused multiply-adds. Arguments are those that losses have: see each function.
#pragma once

#include "device.cuh"

#ifdef __CUDACC__
DEVICE int64 wideBitsOf(double x) { return __double_as_longlong(x); }
DEVICE double doubleOf(int64 bits) { return __longlong_as_double(bits); }
DEVICE double wideRootOf(double x) { return __dsqrt_rn(x); }
#else
DEVICE int64 wideBitsOf(double x) { return __builtin_bit_cast(int64, x); }
DEVICE double doubleOf(int64 bits) { return __builtin_bit_cast(double, bits); }
DEVICE double wideRootOf(double x) { return __builtin_sqrt(x); }
#endif

// The upper half of a double: sign, exponent and the first 20 bits of the fraction.
DEVICE int upperOf(double x) { return static_cast<int>(wideBitsOf(x) >> 32); }

DEVICE double withUpper(double x, int upper) {
  return doubleOf((static_cast<int64>(upper) << 32) | (wideBitsOf(x) & 0xFFFFFFFFll));
}

DEVICE double magnitudeOf(double x) { return doubleOf(wideBitsOf(x) & 0x7FFFFFFFFFFFFFFFll); }

// The logarithm of 2 in two parts: the first has zeros behind, so that its multiples are exact.
constexpr double LN2_FIRST = 6.93147180369123816490e-01;
constexpr double LN2_REST = 1.90821492927058770002e-10;

// Any argument.
DEVICE double strictExp(double x) {
  if (x != x) return x;
  if (x > 7.09782712893383973096e+02) return doubleOf(0x7FF0000000000000ll);
  if (x < -7.45133219101941108420e+02) return 0;
  const int upper = upperOf(x) & 0x7FFFFFFF;
  double first = 0;
  double rest = 0;
  int twos = 0;
  if (upper > 0x3FD62E42) {  // above half the logarithm of 2
    if (upper < 0x3FF0A2B2) {  // below one and a half of it
      twos = x < 0 ? -1 : 1;
      first = x < 0 ? x + LN2_FIRST : x - LN2_FIRST;
      rest = x < 0 ? -LN2_REST : LN2_REST;
    } else {
      twos = static_cast<int>(1.44269504088896338700e+00 * x + (x < 0 ? -0.5 : 0.5));
      first = x - twos * LN2_FIRST;
      rest = twos * LN2_REST;
    }
    x = first - rest;
  } else if (upper < 0x3E300000) {  // below 2^-28
    return 1.0 + x;
  }
  const double t = x * x;
  const double c =
      x - t * (1.66666666666666019037e-01 +
               t * (-2.77777777770155933842e-03 +
                    t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  if (twos == 0) return 1.0 - ((x * c) / (c - 2.0) - x);
  const double y = 1.0 - ((rest - (x * c) / (2.0 - c)) - first);
  if (twos >= -1021) return withUpper(y, upperOf(y) + twos * (1 << 20));
  return withUpper(y, upperOf(y) + (twos + 1000) * (1 << 20)) * 9.33263618503218878990e-302;  // 2^-1000
}

// The coefficients of both logarithms.
constexpr double LOG_1 = 6.666666666666735130e-01;
constexpr double LOG_2 = 3.999999999940941908e-01;
constexpr double LOG_3 = 2.857142874366239149e-01;
constexpr double LOG_4 = 2.222219843214978396e-01;
constexpr double LOG_5 = 1.818357216161805012e-01;
constexpr double LOG_6 = 1.531383769920937332e-01;
constexpr double LOG_7 = 1.479819860511658591e-01;

// Of a number that is not negative.
DEVICE double strictLog(double x) {
  if (x == 0) return doubleOf(static_cast<int64>(0xFFF0000000000000ull));
  int twos = -1023;
  if (upperOf(x) < 0x00100000) {  // subnormal
    x *= 18014398509481984.0;     // 2^54
    twos -= 54;
  }
  int upper = upperOf(x);
  if (upper >= 0x7FF00000 || x != x) return x;
  twos += upper >> 20;
  upper &= 0x000FFFFF;
  const int half = (upper + 0x95F64) & 0x100000;  // above the root of 2
  x = withUpper(x, upper | (half ^ 0x3FF00000));
  twos += half >> 20;
  const double f = x - 1.0;
  const double k = twos;
  if ((0x000FFFFF & (2 + upper)) < 3) {  // near 1
    if (f == 0) return twos == 0 ? 0 : k * LN2_FIRST + k * LN2_REST;
    const double r = f * f * (0.5 - 0.33333333333333333 * f);
    return twos == 0 ? f - r : k * LN2_FIRST - ((r - k * LN2_REST) - f);
  }
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even = w * (LOG_2 + w * (LOG_4 + w * LOG_6));
  const double odd = z * (LOG_1 + w * (LOG_3 + w * (LOG_5 + w * LOG_7)));
  const double r = odd + even;
  if (((upper - 0x6147A) | (0x6B851 - upper)) > 0) {
    const double square = 0.5 * f * f;
    return twos == 0 ? f - (square - s * (square + r))
                     : k * LN2_FIRST - ((square - (s * (square + r) + k * LN2_REST)) - f);
  }
  return twos == 0 ? f - s * (f - r) : k * LN2_FIRST - ((s * (f - r) - k * LN2_REST) - f);
}

// Of 1 + x for x from 0 to 1.
DEVICE double strictLog1p(double x) {
  const int upper = upperOf(x);
  if (upper < 0x3E200000) {  // below 2^-29
    return upper < 0x3C900000 ? x : x - x * x * 0.5;
  }
  double f = x;
  double c = 0;
  int twos = 0;
  int fraction = 1;
  if (upper >= 0x3FDA827A || x != x) {  // from the root of 2, less 1
    double u = 1.0 + x;
    fraction = upperOf(u);
    twos = (fraction >> 20) - 1023;
    c = (twos > 0 ? 1.0 - (u - x) : x - (u - 1.0)) / u;
    fraction &= 0x000FFFFF;
    if (fraction < 0x6A09E) {
      u = withUpper(u, fraction | 0x3FF00000);
    } else {
      twos++;
      u = withUpper(u, fraction | 0x3FE00000);
      fraction = (0x00100000 - fraction) >> 2;
    }
    f = u - 1.0;
  }
  const double k = twos;
  const double square = 0.5 * f * f;
  if (fraction == 0) {  // near a power of 2
    if (f == 0) return twos == 0 ? 0 : k * LN2_FIRST + (c + k * LN2_REST);
    const double r = square * (1.0 - 0.66666666666666666 * f);
    return twos == 0 ? f - r : k * LN2_FIRST - ((r - (k * LN2_REST + c)) - f);
  }
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double r = z * (LOG_1 + z * (LOG_2 + z * (LOG_3 + z * (LOG_4 + z * (LOG_5 + z * (LOG_6 + z * LOG_7))))));
  return twos == 0 ? f - (square - s * (square + r))
                   : k * LN2_FIRST - ((square - (s * (square + r) + (k * LN2_REST + c))) - f);
}

// Without the lower 32 bits, so that products with another such number of few bits are exact.
DEVICE double upperHalfOf(double x) { return doubleOf(wideBitsOf(x) & static_cast<int64>(0xFFFFFFFF00000000ull)); }

// A number in two parts, of which the first has no lower bits.
struct Parts {
  double first, rest;
};

// The logarithm to the base 2 of a number between 0 and 1, by that of its distance from 1 or 1.5.
DEVICE Parts log2Of(double x) {
  int twos = 0;
  if (upperOf(x) < 0x00100000) {  // subnormal
    x *= 9007199254740992.0;      // 2^53
    twos = -53;
  }
  twos += (upperOf(x) >> 20) - 0x3FF;
  const int fraction = upperOf(x) & 0x000FFFFF;
  int upper = fraction | 0x3FF00000;
  bool far = false;
  if (fraction >= 0xBB67A) {  // above the root of 3
    twos++;
    upper -= 0x00100000;
  } else {
    far = fraction > 0x3988E;  // above the root of 1.5
  }
  x = withUpper(x, upper);
  const double near = far ? 1.5 : 1.0;
  const double u = x - near;
  const double v = 1.0 / (x + near);
  const double s = u * v;
  const double sFirst = upperHalfOf(s);
  const double sumFirst = doubleOf(static_cast<int64>(((upper >> 1) | 0x20000000) + 0x00080000 + (far ? 1 << 18 : 0)) << 32);
  const double sumRest = x - (sumFirst - near);
  const double sRest = v * ((u - sFirst * sumFirst) - sFirst * sumRest);
  double square = s * s;
  double r = square * square *
             (5.99999999999994648725e-01 +
              square * (4.28571428578550184252e-01 +
                        square * (3.33333329818377432918e-01 +
                                  square * (2.72728123808534006489e-01 +
                                            square * (2.30660745775561754067e-01 + square * 2.06975017800338417784e-01)))));
  r += sRest * (sFirst + s);
  square = sFirst * sFirst;
  const double tFirst = upperHalfOf(3.0 + square + r);
  const double tRest = r - ((tFirst - 3.0) - square);
  const double p = sFirst * tFirst;
  const double q = sRest * tFirst + tRest * s;
  const double pFirst = upperHalfOf(p + q);
  const double pRest = q - (pFirst - p);
  // 2 / (3 ln 2), in two parts and whole; then the logarithm of 1.5 in two parts.
  const double zFirst = 9.61796700954437255859e-01 * pFirst;
  const double zRest =
      -7.02846165095275826516e-09 * pFirst + pRest * 9.61796693925975554329e-01 + (far ? 1.35003920212974897128e-08 : 0.0);
  const double offset = far ? 5.84962487220764160156e-01 : 0.0;
  const double k = twos;
  const double first = upperHalfOf(((zFirst + zRest) + offset) + k);
  return {first, zRest - (((first - k) - offset) - zFirst)};
}

// 2 to the power of the sum of two numbers, which is not above 0 by more than a rounding.
DEVICE double strictExp2(double first, double rest) {
  double z = rest + first;
  const int upper = upperOf(z);
  if ((upper & 0x7FFFFFFF) >= 0x4090CC00) {  // at or below -1075
    if (z < -1075.0 || rest <= z - first) return 0;
  }
  int twos = 0;
  if ((upper & 0x7FFFFFFF) > 0x3FE00000) {  // above one half
    const int k = ((upper & 0x7FFFFFFF) >> 20) - 0x3FF;
    const int n = upper + (0x00100000 >> (k + 1));
    const int whole = ((n & 0x7FFFFFFF) >> 20) - 0x3FF;
    first -= doubleOf(static_cast<int64>(n & ~(0x000FFFFF >> whole)) << 32);
    twos = ((n & 0x000FFFFF) | 0x00100000) >> (20 - whole);
    if (upper < 0) twos = -twos;
  }
  double t = upperHalfOf(rest + first);
  const double u = t * 6.93147182464599609375e-01;
  const double v = (rest - (t - first)) * 6.93147180559945286227e-01 + t * -1.90465429995776804525e-09;
  z = u + v;
  const double w = v - (z - u);
  t = z * z;
  const double c =
      z - t * (1.66666666666666019037e-01 +
               t * (-2.77777777770155933842e-03 +
                    t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  const double r = (z * c) / (c - 2.0) - (w + z * w);
  z = 1.0 - (r - z);
  const int scaled = upperOf(z) + twos * (1 << 20);
  if ((scaled >> 20) > 0) return withUpper(z, scaled);
  return withUpper(z, scaled + 54 * (1 << 20)) * 5.55111512312578270212e-17;  // 2^-54: subnormal
}

// Of a number from 0 to 1, to a power from 0 to 2^31.
DEVICE double strictPow(double x, double y) {
  if (y == 0) return 1;
  if (x != x || y == 1 || x == 0 || x == 1) return x;
  if (y == 2) return x * x;
  if (y == 0.5) return wideRootOf(x);
  const Parts log = log2Of(x);
  const double yFirst = upperHalfOf(y);
  return strictExp2(yFirst * log.first, (y - yFirst) * log.first + y * log.rest);
}

// A sum as that of java.util.stream.DoubleStream: what rounding loses is carried along.
struct CompensatedSum {
  double sum = 0;
  double lost = 0;
  double plain = 0;

  DEVICE void add(double x) {
    const double next = x - lost;
    const double total = sum + next;
    lost = (total - sum) - next;
    sum = total;
    plain += x;
  }

  DEVICE double value() const {
    const double total = sum - lost;
    return total != total && magnitudeOf(plain) == doubleOf(0x7FF0000000000000ll) ? plain : total;
  }
};
