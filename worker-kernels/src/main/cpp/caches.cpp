// Takes memory out of the caches, to measure what kernels take that do not find their operands there.

#include "calls.h"
#include "threads.h"

namespace {

constexpr int64 SHARE = 1 << 16;  // bytes that a thread takes at a time

INLINE void evictLine(const char* at) {
#ifdef __AVX512F__
  // What has AVX-512 has this too; it does not wait for the line before.
  asm volatile("clflushopt %0" : : "m"(*at) : "memory");
#else
  asm volatile("clflush %0" : : "m"(*at) : "memory");
#endif
}

}  // namespace

NATIVE(void, evict)(void*, void*, int64 address, int64 bytes) {
  const char* from = pointer<char>(address);
  together([&](Member me) {
    me.share(upwards(bytes, SHARE), [&](int64 i) {
      int64 end = least((i + 1) * SHARE, bytes);
      for (int64 at = i * SHARE; at < end; at += CACHE_LINE) evictLine(from + at);
    });
    asm volatile("mfence" : : : "memory");
  });
}
