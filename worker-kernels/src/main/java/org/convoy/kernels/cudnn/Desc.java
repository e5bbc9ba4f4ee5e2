package org.convoy.kernels.cudnn;

import java.util.List;
import org.convoy.graph.Shape;

/**
 * A dense tensor with channels last: {@code (samples, spatial..., channels)}.
 *
 * @param spatial empty for vectors of features
 */
record Desc(NumberType type, int samples, List<Integer> spatial, int channels) {
  /** The most elements: kernels count them in 32 bits, and double the count of a sum. */
  private static final long LIMIT = 1L << 31;

  Desc {
    spatial = List.copyOf(spatial);
    long elements = (long) samples * channels;
    for (int size : spatial) {
      elements = Math.multiplyExact(elements, (long) size);
    }
    if (elements > LIMIT) {
      throw new UnsupportedOperationException(
          "backend cudnn takes tensors of at most "
              + LIMIT
              + " elements: a smaller micro-batch is needed, got "
              + elements);
    }
  }

  static Desc of(NumberType type, int samples, Shape shape) {
    return new Desc(type, samples, shape.spatial(), shape.channels());
  }

  /** A vector without dimensions of its own. */
  static Desc numbers(long count) {
    return new Desc(NumberType.FLOAT32, Math.toIntExact(count), List.of(), 1);
  }

  /** A matrix of dense rows. */
  static Desc rows(NumberType type, long rows, long columns) {
    return new Desc(type, Math.toIntExact(rows), List.of(), Math.toIntExact(columns));
  }

  int positions() {
    return spatial.stream().reduce(1, Math::multiplyExact);
  }

  /** Whether a row's channels are whole groups of those that wide kernels take. */
  boolean wide() {
    return channels % Kernel.WIDTH == 0;
  }

  /** Samples times positions. */
  long rows() {
    return (long) samples * positions();
  }

  long elements() {
    return rows() * channels;
  }

  long bytes() {
    return elements() * type.bytes();
  }

  /** One of three sizes, outermost first; missing dimensions come first, as 1. */
  int three(int dimension) {
    int missing = 3 - spatial.size();
    return dimension < missing ? 1 : spatial.get(dimension - missing);
  }
}
