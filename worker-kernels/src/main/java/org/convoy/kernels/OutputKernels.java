package org.convoy.kernels;

/**
 * Kernels on a plan's device that compute the gradient of its output, for {@link Plan#step}. They
 * may be recorded and replayed, so they are the same for each step; what differs lies in memory.
 */
@FunctionalInterface
public interface OutputKernels {
  /**
   * Launches them.
   *
   * @param output where the output lies, float32 {@code (batch, dimensions...)} in C order
   * @param outputGradient where its gradient is to be written, in the same shape
   */
  void launch(long output, long outputGradient);
}
