// What every kernel is written in: its arguments, numbers, and what makes a kernel of a function of one index.
//
// A kernel is a function of its arguments and of one index. It runs once for each index below the count, in any order:
// no index reads what another one writes, so there is nothing to wait for, no memory is shared and no sum depends on an
// order. Longer sums are cut into parts at places that sizes alone decide, and the parts are summed by a second kernel.
// On a GPU an index is a thread. Compiled for the host the same source is a loop, which tests hold to the reference.
//
// Freestanding: includes nothing but its own files, so that NVRTC compiles it without a toolkit's headers.
#pragma once

using int64 = long long;
using Index = unsigned;

// The arguments of every kernel. The same struct stands in the Java class Arguments.
struct Args {
  int64 count;      // indices
  void* at[10];     // tensors
  int64 n[40];      // sizes, strides and choices
  float f[6];       // factors
};

#ifdef __CUDACC__
#define DEVICE __device__ __forceinline__
#define THREADS 256
#define KERNEL(name, body)                                                 \
  extern "C" __global__ void __launch_bounds__(THREADS) name(const Args a) { \
    const int64 i = static_cast<int64>(blockIdx.x) * THREADS + threadIdx.x;  \
    if (i < a.count) body(a, static_cast<Index>(i));                         \
  }
DEVICE unsigned bitsOf(float x) { return __float_as_uint(x); }
DEVICE float floatOf(unsigned bits) { return __uint_as_float(bits); }
#else
#define DEVICE inline
#define KERNEL(name, body)                                                                    \
  extern "C" __attribute__((visibility("default"))) void name(const Args* a) {                  \
    if (BACKWARDS) for (int64 i = a->count - 1; i >= 0; i--) body(*a, static_cast<Index>(i));   \
    else for (int64 i = 0; i < a->count; i++) body(*a, static_cast<Index>(i));                  \
  }
DEVICE unsigned bitsOf(float x) { return __builtin_bit_cast(unsigned, x); }
DEVICE float floatOf(unsigned bits) { return __builtin_bit_cast(float, bits); }
DEVICE float expf(float x) { return __builtin_expf(x); }
DEVICE float erff(float x) { return __builtin_erff(x); }
DEVICE float powf(float x, float y) { return __builtin_powf(x, y); }
DEVICE float sqrtf(float x) { return __builtin_sqrtf(x); }
#endif

// One kernel for each type of activations.
#define KERNELS(body)                                     \
  KERNEL(body##_float32, body<float>)                       \
  KERNEL(body##_bfloat16, body<BFloat16>)

// The upper half of a float32.
struct BFloat16 {
  unsigned short bits;
};

DEVICE float load(const float* at, Index i) { return at[i]; }
DEVICE float load(const BFloat16* at, Index i) { return floatOf(static_cast<unsigned>(at[i].bits) << 16); }

DEVICE void store(float* at, Index i, float x) { at[i] = x; }

// To the nearest; of two equally near ones the one whose last bit is zero.
DEVICE unsigned rounded(float x) {
  const unsigned bits = bitsOf(x);
  const bool nan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
  return nan ? 0x7FC0u : (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
}

DEVICE void store(BFloat16* at, Index i, float x) { at[i].bits = static_cast<unsigned short>(rounded(x)); }

// Neighbouring elements that one index takes together, 16 bytes at a time where they are aligned so.
constexpr Index WIDE = 8;

struct Wide {
  float at[WIDE];
};

#ifdef __CUDACC__
DEVICE Wide loadWide(const float* from, Index i) {
  const float4* quads = reinterpret_cast<const float4*>(from + i);
  const float4 low = quads[0];
  const float4 high = quads[1];
  return {{low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w}};
}

DEVICE Wide loadWide(const BFloat16* from, Index i) {
  const uint4 pairs = *reinterpret_cast<const uint4*>(from + i);
  const unsigned mask = 0xFFFF0000u;
  return {{floatOf(pairs.x << 16), floatOf(pairs.x & mask), floatOf(pairs.y << 16), floatOf(pairs.y & mask),
           floatOf(pairs.z << 16), floatOf(pairs.z & mask), floatOf(pairs.w << 16), floatOf(pairs.w & mask)}};
}

DEVICE void storeWide(float* to, Index i, const Wide& x) {
  float4* quads = reinterpret_cast<float4*>(to + i);
  quads[0] = make_float4(x.at[0], x.at[1], x.at[2], x.at[3]);
  quads[1] = make_float4(x.at[4], x.at[5], x.at[6], x.at[7]);
}

DEVICE unsigned roundedPair(float low, float high) {
  unsigned pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}

DEVICE void storeWide(BFloat16* to, Index i, const Wide& x) {
  *reinterpret_cast<uint4*>(to + i) = make_uint4(roundedPair(x.at[0], x.at[1]), roundedPair(x.at[2], x.at[3]),
                                                 roundedPair(x.at[4], x.at[5]), roundedPair(x.at[6], x.at[7]));
}
#else
// A GPU would stop the program too.
template <class T>
DEVICE void requireAligned(const T* at) {
  if (reinterpret_cast<unsigned long long>(at) % 16 != 0) __builtin_trap();
}

template <class T>
DEVICE Wide loadWide(const T* from, Index i) {
  requireAligned(from + i);
  Wide x;
  for (Index k = 0; k < WIDE; k++) x.at[k] = load(from, i + k);
  return x;
}

template <class T>
DEVICE void storeWide(T* to, Index i, const Wide& x) {
  requireAligned(to + i);
  for (Index k = 0; k < WIDE; k++) store(to, i + k, x.at[k]);
}
#endif

// A tensor whose type is an argument: 0 for float32, 1 for bfloat16.
DEVICE float loadAs(const void* at, int64 type, Index i) {
  return type == 0 ? load(static_cast<const float*>(at), i) : load(static_cast<const BFloat16*>(at), i);
}

DEVICE void storeAs(void* at, int64 type, Index i, float x) {
  if (type == 0) store(static_cast<float*>(at), i, x);
  else store(static_cast<BFloat16*>(at), i, x);
}

template <class T>
DEVICE T* pointer(const Args& a, int which) { return static_cast<T*>(a.at[which]); }

DEVICE Index size(const Args& a, int which) { return static_cast<Index>(a.n[which]); }

DEVICE int least(int a, int b) { return a < b ? a : b; }
DEVICE int most(int a, int b) { return a > b ? a : b; }
