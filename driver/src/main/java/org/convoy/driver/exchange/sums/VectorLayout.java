package org.convoy.driver.exchange.sums;

/**
 * What lies where in a flat vector. First comes the part that an optimizer moves: parameters in a
 * vector of parameters, their gradient in a gradient. Behind it lie running statistics, and in a
 * gradient the moments that move them.
 *
 * @param trained floats in the first part, at least 1
 * @param length floats in all
 * @param chunkFloats floats in a chunk of either part
 */
public record VectorLayout(long trained, long length, int chunkFloats) {

  public VectorLayout {
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

  /** The chunks of the whole vector. */
  public Chunks allChunks() {
    return new Chunks(0, length, chunkFloats);
  }
}
