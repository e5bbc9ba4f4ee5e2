package org.convoy.kernels.cudnn;

import java.util.List;
import org.convoy.graph.Window;

/**
 * The sizes of a convolution, the same in all directions.
 *
 * @param image the input {@code x}, or its gradient
 * @param result the output {@code y}, or its gradient
 */
record ConvolutionShape(Desc image, Desc result, Window window, int groups) {

  /** What is computed. */
  enum Direction {
    FORWARD("forward"),
    DATA("data gradient"),
    WEIGHTS("weight gradient");

    private final String word;

    Direction(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  int samples() {
    return image.samples();
  }

  /** Input channels of a group. */
  int depth() {
    return image.channels() / groups;
  }

  long weights() {
    return (long) result.channels() * window.taps() * depth();
  }

  /** Whether each group has one input and one output channel. */
  boolean depthwise() {
    return groups > 1 && groups == image.channels() && groups == result.channels();
  }

  /** A number of the window for one of three dimensions; missing dimensions come first. */
  static int three(List<Integer> values, int dimension, int missing) {
    int first = 3 - values.size();
    return dimension < first ? missing : values.get(dimension - first);
  }

  /** The sizes as {@code convolutions.cuh} takes them. */
  long[] sizes() {
    long[] n = new long[21];
    n[0] = groups;
    n[1] = image.channels();
    n[2] = result.channels();
    for (int d = 0; d < 3; d++) {
      n[3 + d] = image.three(d);
      n[6 + d] = result.three(d);
      n[9 + d] = three(window.kernel(), d, 1);
      n[12 + d] = three(window.stride(), d, 1);
      n[15 + d] = three(window.padBefore(), d, 0);
      n[18 + d] = three(window.dilation(), d, 1);
    }
    return n;
  }
}
