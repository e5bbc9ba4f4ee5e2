package org.convoy.driver.exchange.sums;

/**
 * Fixed chunks of a range of the flat vector. Chunk c belongs to executor {@code c mod W}. The
 * chunks' boundaries do not depend on W.
 *
 * @param from index of the first float of the range
 * @param to index one past the last float of the range
 * @param floats floats in a chunk; the last chunk may hold fewer
 */
public record Chunks(long from, long to, int floats) {

  /** 256 KiB of float32: large enough for the network, small enough for a processor's cache. */
  public static final int DEFAULT_FLOATS = 65536;

  /** The longest chunk: its bytes are counted with an int on the wire. */
  public static final int MAX_FLOATS = 1 << 28;

  public Chunks {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "expected a range 0 <= from <= to, got from=" + from + ", to=" + to);
    }
    if (floats < 1 || floats > MAX_FLOATS) {
      throw new IllegalArgumentException(
          "expected chunks of 1 to " + MAX_FLOATS + " floats, got " + floats);
    }
    if ((to - from + floats - 1) / floats > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          (to - from) + " floats in chunks of " + floats + " make more chunks than an int counts");
    }
  }

  /** Chunks of the default length over {@code [from, to)}. */
  public static Chunks over(long from, long to) {
    return new Chunks(from, to, DEFAULT_FLOATS);
  }

  /** The number of chunks, 0 for an empty range. */
  public int count() {
    return (int) ((to - from + floats - 1) / floats);
  }

  /** Index of the first float of a chunk. */
  public long start(int chunk) {
    return from + (long) chunk * floats;
  }

  /** Number of floats in a chunk. */
  public int length(int chunk) {
    return (int) Math.min(floats, to - start(chunk));
  }

  /** The rank that finishes the sums of a chunk and updates its parameters. */
  public int owner(int chunk, int executors) {
    return chunk % executors;
  }

  /** How many chunks an executor owns. */
  public int owned(int rank, int executors) {
    int count = count();
    return count <= rank ? 0 : (count - rank - 1) / executors + 1;
  }
}
