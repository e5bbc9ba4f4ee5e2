// Calls functions of libraries that this jar was not linked with: CUDA's driver, NVRTC and cuDNN, where the machine has
// them. All their functions that Convoy calls take whole numbers and addresses alone, which the calling convention of the
// platform passes alike, so one function calls them all.
//
// Freestanding: the two functions of the dynamic linker are found in the process.

using int64 = long long;

extern "C" void* dlopen(const char* name, int flags);
extern "C" void* dlsym(void* library, const char* name);

#define NATIVE(name) \
  extern "C" __attribute__((visibility("default"))) int64 Java_org_convoy_kernels_cuda_ForeignCalls_##name

constexpr int NOW_AND_GLOBAL = 0x2 | 0x100;

NATIVE(open)(void*, void*, int64 name) {
  return reinterpret_cast<int64>(dlopen(reinterpret_cast<const char*>(name), NOW_AND_GLOBAL));
}

NATIVE(symbol)(void*, void*, int64 library, int64 name) {
  return reinterpret_cast<int64>(dlsym(reinterpret_cast<void*>(library), reinterpret_cast<const char*>(name)));
}

// A function ignores the arguments that it does not take: the caller removes them.
NATIVE(call)(void*, void*, int64 function, int64 a, int64 b, int64 c, int64 d, int64 e, int64 f, int64 g, int64 h,
             int64 i, int64 j, int64 k) {
  using Function = int64 (*)(int64, int64, int64, int64, int64, int64, int64, int64, int64, int64, int64);
  return reinterpret_cast<Function>(function)(a, b, c, d, e, f, g, h, i, j, k);
}
