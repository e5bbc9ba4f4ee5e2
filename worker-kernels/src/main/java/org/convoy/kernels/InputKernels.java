package org.convoy.kernels;

/**
 * Kernels on a plan's device that write its input, for {@link Plan#step} and {@link
 * Plan#forward(InputKernels, long, ParameterGate)}. They may be recorded and replayed, so they are
 * the same for each step; what differs lies in memory.
 */
@FunctionalInterface
public interface InputKernels {
  /**
   * Launches them.
   *
   * @param input where the input is to be written, float32 {@code (batch, dimensions...)} in C
   *     order
   */
  void launch(long input);
}
