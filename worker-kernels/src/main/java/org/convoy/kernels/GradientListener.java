package org.convoy.kernels;

/** Told while backward runs that a part of the gradient is finished, so that it can leave early. */
@FunctionalInterface
public interface GradientListener {
  /** Listens to nothing. */
  GradientListener NONE = (from, to) -> {};

  /**
   * Elements {@code [from, to)} of the flat gradient will not change any more in this backward
   * pass. Each element is named once, those of frozen tensors too.
   */
  void finished(long from, long to);
}
