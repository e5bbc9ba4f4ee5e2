package org.convoy.kernels.vector;

/**
 * A product of {@code samples * channels * positions} numbers with one factor a sample and channel.
 *
 * <p>All memory is dense and of one number type; factors lie as a tensor of one position does.
 */
public final class VectorProduct {
  private final long[] sizes;

  /**
   * @param blocked whether channels lie in blocks of a vector register, padded with zeros, else
   *     channels are last
   * @param bfloat16 which the library has to be loaded for, else float32
   */
  public VectorProduct(
      long samples, long channels, long positions, boolean blocked, boolean bfloat16) {
    VectorLibrary.require(bfloat16);
    this.sizes = new long[] {samples, channels, positions, blocked ? 1 : 0, bfloat16 ? 1 : 0};
  }

  /**
   * Writes both gradients.
   *
   * @param source the address of what was multiplied
   * @param gradient the address of the product's gradient
   * @param sourceGradient may be gradient
   */
  public void backward(
      long source, long gradient, long factors, long sourceGradient, long factorGradient) {
    VectorCalls.productBackward(sizes, source, gradient, factors, sourceGradient, factorGradient);
  }
}
