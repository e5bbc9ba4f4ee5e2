package org.convoy.kernels.vector;

/**
 * A product of {@code samples * channels * positions} numbers with one factor a sample and channel.
 *
 * <p>All memory is dense and of one number type; factors lie as a tensor of one position does.
 *
 * @param blocked whether channels lie in blocks of a vector register, padded with zeros, else
 *     channels are last
 * @param bfloat16 which the library has to be loaded for, else float32
 */
public record VectorProduct(
    long samples, long channels, long positions, boolean blocked, boolean bfloat16) {

  public VectorProduct {
    VectorLibrary.require(bfloat16);
  }

  /**
   * Writes both gradients.
   *
   * @param source the address of what was multiplied
   * @param slope the address of the product's gradient
   * @param bySource may be slope
   */
  public void backward(long source, long slope, long factors, long bySource, long byFactors) {
    VectorCalls.productBackward(
        samples, channels, positions, blocked, bfloat16, source, slope, factors, bySource,
        byFactors);
  }
}
