package org.convoy.kernels.vector;

import java.util.Optional;
import java.util.OptionalInt;
import org.convoy.graph.Activate;

/**
 * Batch normalisation in training, with an addition and an activation in the same passes over
 * memory, of {@code samples * channels * positions} numbers. {@code norms.cpp} says how.
 *
 * <p>All memory is dense. Moments, scales and shifts are a float32 a channel, tensors are float32
 * or bfloat16.
 */
public final class VectorNorm {
  private final long[] sizes;
  private final float epsilon;

  /**
   * @param blocked whether channels lie in blocks of a vector register, padded with zeros, else
   *     channels are last
   * @param bfloat16 which the library has to be loaded for
   * @param activation as {@link #activation} numbers it; 0 for none
   */
  public VectorNorm(
      long samples,
      long channels,
      long positions,
      boolean blocked,
      boolean bfloat16,
      int activation,
      float epsilon) {
    VectorLibrary.require(bfloat16);
    this.sizes =
        new long[] {samples, channels, positions, blocked ? 1 : 0, bfloat16 ? 1 : 0, activation};
    this.epsilon = epsilon;
  }

  /** The number of an activation that can follow in the same pass; 0 is for none. */
  public static OptionalInt activation(
      Optional<Activate.Function> function, boolean afterAddition) {
    if (function.isEmpty()) {
      return OptionalInt.of(0);
    }
    // activations.h numbers them like this.
    return switch (function.get()) {
      case RELU -> OptionalInt.of(1);
      case RELU6 -> numbered(2, afterAddition);
      case SILU -> numbered(3, afterAddition);
      case HARD_SWISH -> numbered(4, afterAddition);
      default -> OptionalInt.empty();
    };
  }

  private static OptionalInt numbered(int number, boolean afterAddition) {
    return afterAddition ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** Bytes that either direction needs meanwhile. */
  public long scratchBytes() {
    return VectorCalls.normScratchBytes(sizes);
  }

  /**
   * Writes mean, biased variance and result.
   *
   * @param source the address of what is normalised
   * @param addend the address of what is added, or 0
   */
  public void forward(
      long source,
      long addend,
      long scale,
      long shift,
      long mean,
      long variance,
      long result,
      long scratch) {
    VectorCalls.normForward(
        sizes, epsilon, source, addend, scale, shift, mean, variance, result, scratch);
  }

  /**
   * Writes the gradients of source, scale and shift.
   *
   * @param result the address of forward's result, where there was an addend, or 0
   * @param gradient the address of the result's gradient
   * @param masked where the addend's gradient goes, if there were addend and activation; may be
   *     gradient
   * @param sourceGradient may be gradient or masked
   */
  public void backward(
      long source,
      long result,
      long gradient,
      long scale,
      long shift,
      long mean,
      long variance,
      long masked,
      long sourceGradient,
      long scaleGradient,
      long shiftGradient,
      long scratch) {
    VectorCalls.normBackward(
        sizes,
        epsilon,
        source,
        result,
        gradient,
        scale,
        shift,
        mean,
        variance,
        masked,
        sourceGradient,
        scaleGradient,
        shiftGradient,
        scratch);
  }
}
