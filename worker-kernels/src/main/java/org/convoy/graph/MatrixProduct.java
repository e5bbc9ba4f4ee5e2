package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * The matrix product of two results, sample by sample. An input is a matrix with one row per channel and one column per position, or the transpose of that matrix; the result's rows are its channels and
 * its columns its one spatial dimension.
 *
 * @param transposeLeft whether the left factor is the transpose of the first input
 * @param transposeRight whether the right factor is the transpose of the second input
 */
public record MatrixProduct(boolean transposeLeft, boolean transposeRight) implements Op {

  @Override
  public Shape infer(List<Shape> inputs) {
    if (inputs.size() != 2) {
      throw new GraphException("matrix product takes two inputs, got " + inputs.size());
    }
    int[] left = factor(inputs.get(0), transposeLeft);
    int[] right = factor(inputs.get(1), transposeRight);
    if (left[1] != right[0]) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "matrix product: %d columns of the left factor, a matrix of input %s, do not meet %d rows of the right, of input %s",
              left[1],
              inputs.get(0),
              right[0],
              inputs.get(1)));
    }
    return Shape.of(left[0], right[1]);
  }

  /** Rows and columns. */
  private static int[] factor(Shape input, boolean transpose) {
    int channels = input.channels();
    int positions = Math.toIntExact(input.positions());
    return transpose ? new int[] {positions, channels} : new int[] {channels, positions};
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    return infer(inputs).elements() * factor(inputs.get(0), transposeLeft)[1];
  }

  @Override
  public String word() {
    return "product";
  }
}
