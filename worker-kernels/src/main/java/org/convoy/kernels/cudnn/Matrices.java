package org.convoy.kernels.cudnn;

/**
 * Matrices in a tensor, one for each sample and head: the strides of their elements.
 *
 * @param heads matrices of a sample
 */
record Matrices(Tensor tensor, long heads, long sample, long head, long row, long column) {

  /** One for each sample, with a row for each channel and a column for each position. */
  static Matrices ofChannels(Tensor tensor) {
    Desc desc = tensor.desc();
    long sample = (long) desc.positions() * desc.channels();
    return new Matrices(tensor, 1, sample, 0, 1, desc.channels());
  }

  /** A row for each position and a column for each channel of a head. */
  static Matrices ofHeads(Tensor sequence, long heads) {
    Desc desc = sequence.desc();
    long channels = desc.channels();
    long sample = desc.positions() * channels;
    return new Matrices(sequence, heads, sample, channels / heads, channels, 1);
  }

  /** Dense ones in memory of their own. */
  static Matrices dense(Tensor tensor, long heads, long rows, long columns) {
    return new Matrices(tensor, heads, heads * rows * columns, rows * columns, columns, 1);
  }

  Matrices transposed() {
    return new Matrices(tensor, heads, sample, head, column, row);
  }

  /** The strides as {@code elementwise.cuh} takes them. */
  private long[] strides() {
    return new long[] {sample, head, row, column};
  }

  /**
   * Adds {@code result = factor * this * right}.
   *
   * @param rows of the result
   * @param terms of a sum
   * @param columns of the result
   */
  void multiply(
      Lowering lowering,
      Matrices right,
      Matrices result,
      double factor,
      long rows,
      long terms,
      long columns) {
    if (result.column != 1 && result.row == 1) {
      // Neighbouring indices write neighbouring elements.
      right
          .transposed()
          .multiply(lowering, transposed(), result.transposed(), factor, columns, terms, rows);
      return;
    }
    lowering
        .kernel("product")
        .at(tensor, right.tensor, result.tensor)
        .sizes(rows, columns, terms, heads)
        .sizes(strides())
        .sizes(right.strides())
        .sizes(result.strides())
        .sizes(result.tensor.desc().type().ordinal())
        .factors(factor)
        .launch(lowering.batch() * heads * rows * columns);
  }
}
