package org.convoy.driver.exchange.sums;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Fixed chunks of a range of the flat vector. Chunk c belongs to executor {@code c mod W}. The
 * chunks' boundaries do not depend on W.
 *
 * <p>The range is cut into cells of equal length. A chunk is the part of a cell from its first
 * element that moves to its last one. A cell in which nothing moves has no chunk. So what never
 * moves is neither sent nor summed nor kept, but for what lies within a chunk.
 */
public final class Chunks {

  /** 256 KiB of float32: large enough for the network, small enough for a processor's cache. */
  public static final int DEFAULT_FLOATS = 65536;

  /** The longest chunk: its bytes are counted with an int on the wire. */
  public static final int MAX_FLOATS = 1 << 28;

  private final long from;
  private final int floats;
  private final int[] cells;
  private final long[] starts;
  private final int[] lengths;

  /** The place of each chunk where all stand side by side, and then the length of all together. */
  private final long[] places;

  /**
   * Chunks of a range in which everything moves.
   *
   * @param from index of the first float of the range
   * @param to index one past the last float of the range
   * @param floats floats in a chunk; the last chunk may hold fewer
   */
  public Chunks(long from, long to, int floats) {
    this(from, to, floats, List.of(new VectorLayout.Range(from, to)));
  }

  /**
   * Chunks of what moves.
   *
   * @param from index of the first float of the range
   * @param to index one past the last float of the range
   * @param floats floats in a cell; the last cell may hold fewer
   * @param moving what moves, in ascending order; what lies outside the range is ignored
   */
  Chunks(long from, long to, int floats, List<VectorLayout.Range> moving) {
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
    this.from = from;
    this.floats = floats;
    long[] ends = new long[(int) ((to - from + floats - 1) / floats)];
    long[] firsts = new long[ends.length];
    for (VectorLayout.Range range : moving) {
      long end = Math.min(to, range.to());
      for (long at = Math.max(from, range.from()); at < end; ) {
        int cell = (int) ((at - from) / floats);
        if (ends[cell] == 0) {
          firsts[cell] = at;
        }
        ends[cell] = Math.min(end, from + (cell + 1L) * floats);
        at = ends[cell];
      }
    }
    this.cells = IntStream.range(0, ends.length).filter(cell -> ends[cell] > 0).toArray();
    this.starts = IntStream.of(cells).mapToLong(cell -> firsts[cell]).toArray();
    this.lengths = IntStream.of(cells).map(cell -> (int) (ends[cell] - firsts[cell])).toArray();
    this.places = new long[lengths.length + 1];
    for (int chunk = 0; chunk < lengths.length; chunk++) {
      places[chunk + 1] = places[chunk] + lengths[chunk];
    }
  }

  /** Chunks of the default length over {@code [from, to)}. */
  public static Chunks over(long from, long to) {
    return new Chunks(from, to, DEFAULT_FLOATS);
  }

  /** The number of chunks, 0 if nothing moves. */
  public int count() {
    return lengths.length;
  }

  /** The most floats in a chunk. */
  public int floats() {
    return floats;
  }

  /** The number of floats in all chunks together. */
  public long elements() {
    return places[count()];
  }

  /** Index of the first float of a chunk. */
  public long start(int chunk) {
    return starts[chunk];
  }

  /** Number of floats in a chunk. */
  public int length(int chunk) {
    return lengths[chunk];
  }

  /** One past the last float of the last chunk. */
  long end() {
    int last = count() - 1;
    return last < 0 ? from : starts[last] + lengths[last];
  }

  /**
   * The number of a chunk's cell. Checkpoints name chunks by it. It does not depend on what else
   * moves.
   */
  public int cell(int chunk) {
    return cells[chunk];
  }

  /** Index of a chunk's first float in a vector in which all chunks stand side by side. */
  long place(int chunk) {
    return places[chunk];
  }

  /** The same for any float that is in a chunk. */
  long placeOf(long element) {
    int chunk = following(element);
    return places[chunk] + element - starts[chunk];
  }

  /** The first chunk that has a float of this index or behind it; {@link #count} if none has. */
  int following(long element) {
    int found = Arrays.binarySearch(starts, element);
    if (found >= 0) {
      return found;
    }
    int before = -found - 2;
    return before >= 0 && element < starts[before] + lengths[before] ? before : before + 1;
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

  /** The most floats that an executor owns. */
  long mostOwned(int executors) {
    long[] owned = new long[executors];
    for (int chunk = 0; chunk < count(); chunk++) {
      owned[owner(chunk, executors)] += lengths[chunk];
    }
    return Arrays.stream(owned).max().orElseThrow();
  }
}
