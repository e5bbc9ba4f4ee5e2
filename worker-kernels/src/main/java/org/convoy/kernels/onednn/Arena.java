package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Gives buffers their places in one block so that no two that live at the same time overlap:
 * largest first, each at the lowest gap it fits into (Pisarchyk and Lee 2020, greedy by size).
 * Places are multiples of {@link #ALIGNMENT}.
 */
final class Arena {
  /** Bytes: a cache line, and an AVX-512 register. */
  static final long ALIGNMENT = 64;

  /** A byte that makes 0.75 in float32 and in bfloat16. */
  private static final int ORDINARY = 0x3F;

  private Arena() {}

  /**
   * Fills memory with numbers that kernels may be timed on: processors are many times slower on
   * denormal ones, which come about where kernels are executed out of turn.
   */
  static void fillWithOrdinary(Pointer memory, long bytes) {
    Pointer.memset(memory, ORDINARY, bytes);
  }

  /** Places the buffers and returns the size of the block in bytes. */
  static long place(List<Buffer> buffers) {
    List<Buffer> waiting = new ArrayList<>(buffers);
    waiting.sort(Comparator.comparingLong(Buffer::bytes).reversed());
    List<Buffer> placed = new ArrayList<>();
    long size = 0;
    for (Buffer buffer : waiting) {
      long offset = 0;
      for (Buffer other : placed) {
        if (other.livesWith(buffer)) {
          if (offset + buffer.bytes() <= other.offset()) {
            break;
          }
          offset = Math.max(offset, aligned(other.offset() + other.bytes()));
        }
      }
      buffer.placeAt(offset);
      int at = 0;
      while (at < placed.size() && placed.get(at).offset() <= offset) {
        at++;
      }
      placed.add(at, buffer);
      size = Math.max(size, aligned(offset + buffer.bytes()));
    }
    return size;
  }

  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
