package org.convoy.optim;

/**
 * Moves the parameters that one owner updates, in whatever memory they lie. {@link HostUpdater}
 * does it in the host's memory, {@code org.convoy.optim.device} in that of a device. Both give the
 * same bytes: each element by the same operations in the same order, and sums of squares by the
 * same lanes.
 */
public interface Updater extends AutoCloseable {

  /** For each piece, {@link GlobalNorm#sumOfSquares} of its gradient. */
  double[] gradientSquares();

  /**
   * {@link Units#squares} of all owned chunks, one after the other.
   *
   * @param units of the whole vector
   */
  double[] unitSquares(Units units);

  /** {@link Units#scale} of all owned chunks. */
  void scale(Units units, double[] factors);

  /**
   * The first pass of a {@link LayerWise} step.
   *
   * @return two sums for each part of a tensor in a piece, in their order
   */
  double[] measure(LayerWise optimizer, StepSettings step);

  /** Takes one step of the optimizer; the companions follow. */
  void update(Optimizer optimizer, StepSettings step);

  /** Brings the state into the arrays of the {@link OwnedChunk}s, for a checkpoint. */
  void fetchState();

  /** Takes the state from the arrays of the {@link OwnedChunk}s, once they have been filled. */
  void sendState();

  @Override
  void close();
}
