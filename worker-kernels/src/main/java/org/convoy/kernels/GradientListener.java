package org.convoy.kernels;

/**
 * Is told during backward which parts of the gradient are finished, so that they can be sent early.
 */
@FunctionalInterface
public interface GradientListener {
  /** Listens to nothing. */
  GradientListener NONE = (from, to) -> {};

  /**
   * Elements {@code [from, to)} of the flat gradient will not change any more in this backward
   * pass. Each element is reported once, including those of frozen tensors.
   */
  void finished(long from, long to);
}
