package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What lies where in a flat vector. First comes the part that an optimizer moves: parameters in a
 * vector of parameters, their gradient in a gradient. Behind it lie running statistics, and in a
 * gradient the moments that move them.
 *
 * @param trained floats in the first part, at least 1
 * @param length floats in all
 * @param chunkFloats floats in a chunk of either part
 * @param still what never moves: all executors and all copies hold the same there, throughout
 */
public record VectorLayout(long trained, long length, int chunkFloats, List<Range> still) {

  /** The elements {@code from} (included) to {@code to} (excluded). */
  public record Range(long from, long to) {}

  /** A vector all of which moves. */
  public VectorLayout(long trained, long length, int chunkFloats) {
    this(trained, length, chunkFloats, List.of());
  }

  public VectorLayout {
    still = still.stream().sorted(Comparator.comparingLong(Range::from)).toList();
    if (trained < 1 || length < trained) {
      throw new IllegalArgumentException(
          "expected a vector of 1 <= trained <= length floats, got trained="
              + trained
              + ", length="
              + length);
    }
  }

  /** The chunks of the part that an optimizer moves. */
  public Chunks trainedChunks() {
    return new Chunks(0, trained, chunkFloats);
  }

  /** The chunks of running statistics; there may be none. */
  public Chunks statisticsChunks() {
    return new Chunks(trained, length, chunkFloats);
  }

  /** All of the vector that is not {@link #still}, ascending. */
  public List<Range> moving() {
    List<Range> moving = new ArrayList<>();
    long at = 0;
    for (Range each : still) {
      if (each.from() > at) {
        moving.add(new Range(at, each.from()));
      }
      at = each.to();
    }
    if (at < length) {
      moving.add(new Range(at, length));
    }
    return moving;
  }

  /** The chunks of the whole vector. */
  public Chunks allChunks() {
    return new Chunks(0, length, chunkFloats);
  }
}
