// Vectors of float32, the numbers they are loaded from and stored as, and the functions of them that kernels share.
// Freestanding: no header of a standard library, no allocation, no state.
#pragma once

#define INLINE inline __attribute__((always_inline))

using int64 = long long;

#ifdef __AVX512F__
constexpr int LANES = 16;
#else
constexpr int LANES = 8;
#endif

typedef float Floats __attribute__((ext_vector_type(LANES)));
typedef int Ints __attribute__((ext_vector_type(LANES)));
typedef unsigned Words __attribute__((ext_vector_type(LANES)));
typedef unsigned short Halves __attribute__((ext_vector_type(LANES)));

constexpr int64 CACHE_LINE = 64;

INLINE int64 least(int64 a, int64 b) { return a < b ? a : b; }
INLINE int64 most(int64 a, int64 b) { return a > b ? a : b; }
INLINE int64 upwards(int64 a, int64 b) { return (a + b - 1) / b; }

// The upper half of a float32.
struct BFloat16 {
  unsigned short bits;
};

INLINE Floats all(float x) { return Floats(x); }

INLINE Floats fma(Floats a, Floats b, Floats c) { return __builtin_elementwise_fma(a, b, c); }

INLINE Floats less(Floats a, Floats b) { return a < b ? a : b; }

INLINE Floats greater(Floats a, Floats b) { return a > b ? a : b; }

INLINE Floats load(const float* from) {
  Floats x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}

INLINE Floats load(const BFloat16* from) {
  Halves bits;
  __builtin_memcpy(&bits, from, sizeof bits);
  return __builtin_bit_cast(Floats, __builtin_convertvector(bits, Words) << 16);
}

INLINE void store(Floats x, float* to) { __builtin_memcpy(to, &x, sizeof x); }

#ifdef __AVX512BF16__
// To the nearest, ties to even.
INLINE void store(Floats x, BFloat16* to) {
  typedef __bf16 Rounded __attribute__((ext_vector_type(LANES)));
  Rounded rounded = __builtin_convertvector(x, Rounded);
  __builtin_memcpy(to, &rounded, sizeof rounded);
}
#endif

// The first n < LANES numbers, zeros behind them.
template <class T>
INLINE Floats loadPart(const T* from, int64 n) {
  T part[LANES] = {};
  for (int64 i = 0; i < n; i++) part[i] = from[i];
  return load(part);
}

template <class T>
INLINE void storePart(Floats x, T* to, int64 n) {
  T part[LANES];
  store(x, part);
  for (int64 i = 0; i < n; i++) to[i] = part[i];
}

// How near to the exact value a function is computed: within a few units in the last place of a float32, or within a
// sixteenth of one of a bfloat16.
enum class Nearness { FLOAT32, BFLOAT16 };

template <class T>
constexpr Nearness NEARNESS = sizeof(T) == 4 ? Nearness::FLOAT32 : Nearness::BFLOAT16;

// 1 / x for finite x of at least 1.
template <Nearness NEAR>
INLINE Floats reciprocal(Floats x) {
#ifdef __AVX512F__
  Floats guess = __builtin_ia32_rcp14ps512_mask(x, all(0), (unsigned short)-1);
  return NEAR == Nearness::BFLOAT16 ? guess : fma(guess, fma(-x, guess, all(1)), guess);
#else
  return 1.0f / x;
#endif
}

// x 2^n for whole n, of which the result is a normal number or, far below, 0.
INLINE Floats scale(Floats x, Floats n) {
#ifdef __AVX512F__
  return __builtin_ia32_scalefps512_mask(x, n, all(0), (unsigned short)-1, 4);
#else
  Ints exponent = __builtin_convertvector(greater(n, all(-127)), Ints) + 127;
  return x * __builtin_bit_cast(Floats, exponent << 23);
#endif
}

// 2^x for x within [-1/2, 1/2]: Horner's scheme of the polynomial of least relative error there, 2e-9 or 1e-4.
template <Nearness NEAR>
INLINE Floats exponential2(Floats x) {
  if constexpr (NEAR == Nearness::BFLOAT16) {
    Floats p = all(0.0551716685295105f);
    p = fma(p, x, all(0.2426111251115799f));
    p = fma(p, x, all(0.6932609677314758f));
    return fma(p, x, all(0.9999280571937561f));
  }
  Floats p = all(1.534581242594868e-4f);
  p = fma(p, x, all(1.3399930903688073e-3f));
  p = fma(p, x, all(9.618489071726799e-3f));
  p = fma(p, x, all(5.550328642129898e-2f));
  p = fma(p, x, all(0.24022646248340607f));
  p = fma(p, x, all(0.6931471824645996f));
  return fma(p, x, all(1));
}

// 1 / (1 + exp(-x)).
template <Nearness NEAR>
INLINE Floats sigmoid(Floats x) {
  x = greater(x, all(-87));
  constexpr float MAGIC = 12582912;  // 1.5 * 2^23: adding it rounds to a whole number
  constexpr float LOG2E = -1.44269502f, LOG2E_REST = -1.925963033e-8f;
  Floats whole = fma(x, all(LOG2E), all(MAGIC)) - MAGIC;
  Floats rest = fma(x, all(LOG2E), -whole);
  if constexpr (NEAR == Nearness::FLOAT32) rest = fma(x, all(LOG2E_REST), rest);
  return reciprocal<NEAR>(scale(exponential2<NEAR>(rest), whole) + 1);
}
