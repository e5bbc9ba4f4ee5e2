package org.convoy.kernels;

import java.util.List;

/**
 * The bins of {@link org.convoy.graph.AdaptiveAveragePool} as a matrix that all backends use: one
 * row per input position, one column per output position, both in C order.
 *
 * @param in spatial dimensions of the input
 * @param out spatial dimensions of the output
 */
public record AdaptiveBins(List<Integer> in, List<Integer> out) {

  /** The number of input positions. */
  public int rows() {
    return in.stream().reduce(1, Math::multiplyExact);
  }

  /** The number of output positions. */
  public int columns() {
    return out.stream().reduce(1, Math::multiplyExact);
  }

  /** The weight of an input position in the mean of an output position; 0 outside its bin. */
  public double share(int row, int column) {
    double share = 1;
    int from = row;
    int to = column;
    for (int i = in.size() - 1; i >= 0; i--) {
      int size = in.get(i);
      int bins = out.get(i);
      int bin = to % bins;
      int start = bin * size / bins;
      int end = ((bin + 1) * size + bins - 1) / bins;
      int at = from % size;
      if (at < start || at >= end) {
        return 0;
      }
      share /= end - start;
      from /= size;
      to /= bins;
    }
    return share;
  }
}
