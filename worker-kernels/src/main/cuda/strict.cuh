// Exponential and logarithms in double, with the bits that java.lang.StrictMath prescribes: the results of Sun's fdlibm.
// An argument is reduced to one near zero, a polynomial takes its even part, and what reduction lost is added back.
// Compiled without fused multiply-adds. Arguments are those that losses have: see each function.
#pragma once

#include "device.cuh"

#ifdef __CUDACC__
DEVICE int64 wideBitsOf(double x) { return __double_as_longlong(x); }
DEVICE double doubleOf(int64 bits) { return __longlong_as_double(bits); }
#else
DEVICE int64 wideBitsOf(double x) { return __builtin_bit_cast(int64, x); }
DEVICE double doubleOf(int64 bits) { return __builtin_bit_cast(double, bits); }
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

// Of a number from 1.
DEVICE double strictLog(double x) {
  int upper = upperOf(x);
  if (upper >= 0x7FF00000 || x != x) return x;
  int twos = (upper >> 20) - 1023;
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
