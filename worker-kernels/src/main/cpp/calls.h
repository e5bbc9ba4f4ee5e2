// How the Java class VectorCalls reaches a kernel: by functions of its native methods' names, which take sizes as one
// array of numbers and addresses as numbers.
#pragma once

#include "vectors.h"

#define NATIVE(result, name) \
  extern "C" __attribute__((visibility("default"))) result Java_org_convoy_kernels_vector_VectorCalls_##name

template <class T>
INLINE T* pointer(int64 address) { return reinterpret_cast<T*>(address); }

// Copies numbers of a Java array (long[]). JNI's functions are a table behind the environment, in which the specification
// gives GetLongArrayRegion this place.
constexpr int GET_LONG_ARRAY_REGION = 204;

INLINE void copyNumbers(void* environment, void* array, int64 from, int64 count, void* to) {
  using Region = void (*)(void* environment, void* array, int from, int count, void* to);
  void** functions = *static_cast<void***>(environment);
  reinterpret_cast<Region>(functions[GET_LONG_ARRAY_REGION])(environment, array, int(from), int(count), to);
}

// The numbers of a Java array as a struct of nothing but int64.
template <class S>
INLINE S structOf(void* environment, void* array) {
  static_assert(sizeof(S) % sizeof(int64) == 0, "nothing but int64");
  S s{};
  copyNumbers(environment, array, 0, sizeof(S) / sizeof(int64), &s);
  return s;
}

// Stands for a type of numbers as an argument.
template <class T>
struct Numbers {
  using Type = T;
};

// Calls body with the Numbers of a tensor. A library without bfloat16 is never asked for it.
template <class Body>
INLINE void withNumbers(bool bfloat16, const Body& body) {
#ifdef __AVX512BF16__
  if (bfloat16) return body(Numbers<BFloat16>{});
#endif
  (void)bfloat16;
  body(Numbers<float>{});
}
