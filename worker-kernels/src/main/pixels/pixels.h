// What the native code for pixels shares. Freestanding like the kernels: of the system's library it calls a few functions,
// which are declared here and found in the process.
#pragma once

#define INLINE inline __attribute__((always_inline))
#define NATIVE(result, name) \
  extern "C" __attribute__((visibility("default"))) result Java_org_convoy_image_kernels_PixelCalls_##name

using int64 = long long;
using uint8 = unsigned char;
using uint16 = unsigned short;

template <class T>
INLINE T* pointer(int64 address) { return reinterpret_cast<T*>(address); }

INLINE int64 least(int64 a, int64 b) { return a < b ? a : b; }
INLINE int64 most(int64 a, int64 b) { return a > b ? a : b; }

extern "C" {
void* malloc(unsigned long bytes);
void free(void* memory);
void* memcpy(void* to, const void* from, unsigned long bytes);
}

// JNI's functions are a table behind the environment, in which the specification gives these their places.
constexpr int GET_INT_ARRAY_REGION = 203;
constexpr int GET_LONG_ARRAY_REGION = 204;

INLINE void copyRegion(void* environment, int function, void* array, int64 count, void* to) {
  using Region = void (*)(void* environment, void* array, int from, int count, void* to);
  void** functions = *static_cast<void***>(environment);
  reinterpret_cast<Region>(functions[function])(environment, array, 0, static_cast<int>(count), to);
}

// The first numbers of a Java array (int[]).
INLINE void copyInts(void* environment, void* array, int64 bytes, int* to) {
  copyRegion(environment, GET_INT_ARRAY_REGION, array, bytes / static_cast<int64>(sizeof(int)), to);
}

// The numbers of a Java array (long[]) as a struct of nothing but int64.
template <class S>
INLINE S structOf(void* environment, void* array) {
  static_assert(sizeof(S) % sizeof(int64) == 0, "nothing but int64");
  S s{};
  copyRegion(environment, GET_LONG_ARRAY_REGION, array, sizeof(S) / sizeof(int64), &s);
  return s;
}
