package org.convoy.kernels;

/**
 * Is told during backward which parts of the gradient are finished, so that they can be sent early.
 */
@FunctionalInterface
public interface GradientListener {
  /** Listens to nothing. */
  GradientListener NONE =
      new GradientListener() {
        @Override
        public void finished(long from, long to) {}

        @Override
        public boolean early() {
          return false;
        }
      };

  /**
   * Elements {@code [from, to)} of the flat gradient will not change any more in this backward
   * pass. Each element is reported once, including those of frozen tensors.
   */
  void finished(long from, long to);

  /**
   * Whether it gains from hearing of a part while others are computed. If not, a device computes
   * all of backward in one piece.
   */
  default boolean early() {
    return true;
  }

  /** The same listener, which gains nothing from hearing of a part early. */
  default GradientListener atTheEnd() {
    GradientListener listener = this;
    return new GradientListener() {
      @Override
      public void finished(long from, long to) {
        listener.finished(from, to);
      }

      @Override
      public boolean early() {
        return false;
      }
    };
  }
}
