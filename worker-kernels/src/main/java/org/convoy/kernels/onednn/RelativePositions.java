package org.convoy.kernels.onednn;

import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/**
 * What relative attention adds to its scores, in float32. For two rows of the image, or two
 * columns, a constant matrix with a single one in each line chooses the place of their difference.
 * The product of the table with such a matrix from each side holds what is added to every pair of
 * positions; it is made once after each change of the parameters. Backward multiplies by the
 * transposed matrices.
 */
final class RelativePositions {
  private final Lowering lowering;
  private final String word;
  private final Parameter table;
  private final long heads;
  private final long height;
  private final long width;

  RelativePositions(Lowering lowering, Node node, int heads) {
    this.lowering = lowering;
    this.word = "relative positions " + node.name();
    this.table = lowering.parameters(node).get(0);
    this.heads = heads;
    this.height = node.shape().spatial().get(0);
    this.width = node.shape().spatial().get(1);
  }

  /** What is added to all scores of a sample, {@code (head, query, key)}, as one row. */
  Tensor addends() {
    long[] byHead = {heads, differences(height), differences(width)};
    Tensor placed = lowering.weights().of(table, stored(), plain(byHead));
    Tensor down = choice(height, 1, height * height, differences(height));
    Tensor across = transposedChoice(width, 1, differences(width), width * width);
    Tensor row = lowering.keep(plain(1, heads * height * width * height * width));
    lowering
        .steps()
        .refreshing(
            () -> {
              Tensor rows = MatrixProducts.multiply(lowering, word, down, placed);
              Tensor all = MatrixProducts.multiply(lowering, word, rows, across);
              lowering.steps().reorder(word, as(all, rowsFirst()), rowsFirst(row));
            });
    return row;
  }

  /**
   * Adds the steps of the table's gradient.
   *
   * @param scores the gradients of all scores, {@code (head, query, key)} as one row a sample
   */
  void backward(Tensor scores) {
    Tensor sum = lowering.allocate(plain(1, heads * height * width * height * width));
    MatrixProducts.sumSamples(lowering, word, scores, sum);
    Tensor all = lowering.allocate(plain(rowsFirst()));
    lowering.steps().reorder(word, rowsFirst(sum), all);
    Tensor across = choice(width, 1, width * width, differences(width));
    Tensor down = transposedChoice(height, 1, differences(height), height * height);
    Tensor rows =
        MatrixProducts.multiply(
            lowering, word, as(all, heads, height * height, width * width), across);
    Tensor placed = MatrixProducts.multiply(lowering, word, down, rows);
    lowering.steps().reorder(word, placed, lowering.gradient(table, stored()));
  }

  private static long differences(long size) {
    return 2 * size - 1;
  }

  /** The table as it lies in the flat vector, read by head. */
  private Desc stored() {
    long[] dimensions = {heads, differences(height), differences(width)};
    long[] strides = {1, differences(width) * heads, heads};
    return Desc.strided(lowering.natives(), dimensions, dnnl.dnnl_f32, strides);
  }

  /** {@code (head, query's row, key's row, query's column, key's column)}. */
  private long[] rowsFirst() {
    return new long[] {heads, height, height, width, width};
  }

  /** A row of {@code (head, query, key)} read in the order of {@link #rowsFirst()}. */
  private Tensor rowsFirst(Tensor row) {
    long keys = height * width;
    long[] strides = {keys * keys, width * keys, width, keys, 1};
    return new Tensor(
        row.buffer(), Desc.strided(lowering.natives(), rowsFirst(), dnnl.dnnl_f32, strides));
  }

  /** For each pair of places, query before key, a one at their difference. */
  private Tensor choice(long size, long... dimensions) {
    double[] ones = new double[Math.toIntExact(size * size * differences(size))];
    for (int pair = 0; pair < size * size; pair++) {
      ones[Math.toIntExact(pair * differences(size) + difference(size, pair))] = 1;
    }
    return lowering.weights().constant(ones, dimensions);
  }

  private Tensor transposedChoice(long size, long... dimensions) {
    double[] ones = new double[Math.toIntExact(size * size * differences(size))];
    for (int pair = 0; pair < size * size; pair++) {
      ones[Math.toIntExact(difference(size, pair) * size * size + pair)] = 1;
    }
    return lowering.weights().constant(ones, dimensions);
  }

  private static long difference(long size, int pair) {
    return pair / size - pair % size + size - 1;
  }

  private Desc plain(long... dimensions) {
    return Desc.plain(lowering.natives(), dimensions, dnnl.dnnl_f32);
  }

  private Tensor as(Tensor tensor, long... dimensions) {
    return new Tensor(tensor.buffer(), plain(dimensions));
  }
}
