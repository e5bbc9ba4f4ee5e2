// How the Java class VectorCalls reaches a kernel: by functions of its native methods' names that take addresses as
// numbers.
#pragma once

#include "vectors.h"

#define NATIVE(result, name) \
  extern "C" __attribute__((visibility("default"))) result Java_org_convoy_kernels_vector_VectorCalls_##name

template <class T>
INLINE T* pointer(int64 address) { return reinterpret_cast<T*>(address); }

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
