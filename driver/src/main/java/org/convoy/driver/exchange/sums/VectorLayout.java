package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The layout of a flat vector. The first part is the one that an optimizer moves: parameters in a
 * vector of parameters, their gradient in a gradient. The second part holds running statistics, and
 * in a gradient the moments that move them.
 *
 * @param trained floats in the first part, at least 1
 * @param length floats in total
 * @param chunkFloats the most floats in a chunk of either part
 * @param still ranges that never move; all executors and all copies always hold the same values
 *     there
 * @param matrices parts of the first part that are matrices, and move
 */
public record VectorLayout(
    long trained, long length, int chunkFloats, List<Range> still, List<Matrix> matrices) {

  /** The elements {@code from} (included) to {@code to} (excluded). */
  public record Range(long from, long to) {}

  /** A row-major matrix whose first element is at {@code from}. */
  public record Matrix(long from, int rows, int columns) {

    long length() {
      return (long) rows * columns;
    }
  }

  /** A layout in which all elements move, without matrices. */
  public VectorLayout(long trained, long length, int chunkFloats) {
    this(trained, length, chunkFloats, List.of(), List.of());
  }

  public VectorLayout {
    still = still.stream().sorted(Comparator.comparingLong(Range::from)).toList();
    matrices = matrices.stream().sorted(Comparator.comparingLong(Matrix::from)).toList();
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
    return new Chunks(0, trained, chunkFloats, moving());
  }

  /** The chunks of the moments, in a vector that holds the moments alone. There may be none. */
  Chunks momentChunks() {
    List<Range> moments =
        moving().stream()
            .filter(range -> range.to() > trained)
            .map(range -> new Range(Math.max(0, range.from() - trained), range.to() - trained))
            .toList();
    return new Chunks(0, length - trained, chunkFloats, moments);
  }

  /** All ranges that are not {@link #still}, in ascending order. */
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
    return new Chunks(0, length, chunkFloats, moving());
  }
}
