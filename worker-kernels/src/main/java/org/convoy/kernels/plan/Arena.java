package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives buffers their places in one block so that no two that live at the same time overlap:
 * largest first, each at the lowest gap it fits into (Pisarchyk and Lee 2020, greedy by size).
 * Places are multiples of {@link #ALIGNMENT}.
 */
public final class Arena {
  /** Bytes: a cache line, an AVX-512 register, two sectors of a GPU's cache. */
  public static final long ALIGNMENT = 64;

  private Arena() {}

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

  /** Rounds up to a multiple of {@link #ALIGNMENT}. */
  public static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
