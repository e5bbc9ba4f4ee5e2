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
 *
 * @param blocked whether channels lie in blocks of a vector register, padded with zeros, else
 *     channels are last
 * @param bfloat16 which the library has to be loaded for
 * @param activation as {@link #activation} numbers it; 0 for none
 */
public record VectorNorm(
    long samples,
    long channels,
    long positions,
    boolean blocked,
    boolean bfloat16,
    int activation,
    float epsilon) {

  public VectorNorm {
    VectorLibrary.require(bfloat16);
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
    return VectorCalls.normScratchBytes(samples, channels, positions, blocked);
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
        samples,
        channels,
        positions,
        blocked,
        bfloat16,
        activation,
        epsilon,
        source,
        addend,
        scale,
        shift,
        mean,
        variance,
        result,
        scratch);
  }

  /**
   * Writes the gradients by source, scale and shift.
   *
   * @param result the address of forward's result, where there was an addend, or 0
   * @param slope the address of the result's gradient
   * @param masked where the addend's gradient goes, if there were addend and activation; may be
   *     slope
   * @param bySource may be slope or masked
   */
  public void backward(
      long source,
      long result,
      long slope,
      long scale,
      long shift,
      long mean,
      long variance,
      long masked,
      long bySource,
      long byScale,
      long byShift,
      long scratch) {
    VectorCalls.normBackward(
        samples,
        channels,
        positions,
        blocked,
        bfloat16,
        activation,
        epsilon,
        source,
        result,
        slope,
        scale,
        shift,
        mean,
        variance,
        masked,
        bySource,
        byScale,
        byShift,
        scratch);
  }
}
