package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;

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

  /** Strides as {@code elementwise.cuh} takes them. */
  private long[] strides() {
    return new long[] {sample, head, row, column};
  }

  /** Strides as engines take them, which multiply the matrices of one head. */
  private List<Long> ofOneHead() {
    return List.of(sample, row, column);
  }

  private Tensor ofHead(long which) {
    return tensor.from(which * head);
  }

  /**
   * Whether engines multiply these numbers as they are. Of float32 cuDNN 9.19 rounds factors to
   * TF32 on an H200, which no numerical note of its engines says.
   */
  private boolean exact() {
    return tensor.desc().type() != NumberType.FLOAT32;
  }

  /** Whether engines can begin at every head. */
  private boolean aligned() {
    return heads == 1 || head * tensor.desc().type().bytes() % OperationGraph.ALIGNMENT == 0;
  }

  /**
   * Adds {@code result = this * right}: an engine for each head in turn, or one kernel of Convoy's
   * for all.
   *
   * @param word what is computed, for the key of the engine's choice
   * @param rows of the result
   * @param terms of a sum
   * @param columns of the result
   */
  void multiply(
      Lowering lowering,
      String word,
      Matrices right,
      Matrices result,
      long rows,
      long terms,
      long columns) {
    Work work =
        new Work.Product(
            tensor.desc().type(),
            result.tensor.desc().type(),
            lowering.batch(),
            rows,
            terms,
            columns,
            ofOneHead(),
            right.ofOneHead(),
            result.ofOneHead());
    Optional<Engine> engine =
        exact() && aligned() && right.aligned() && result.aligned()
            ? lowering.engine(word, work)
            : Optional.empty();
    if (engine.isEmpty()) {
      multiplyOwn(lowering, right, result, rows, terms, columns);
      return;
    }
    for (long h = 0; h < heads; h++) {
      List<Tensor> places = List.of(ofHead(h), right.ofHead(h), result.ofHead(h));
      lowering.run(word, work, engine.get(), places);
    }
  }

  private void multiplyOwn(
      Lowering lowering, Matrices right, Matrices result, long rows, long terms, long columns) {
    if (result.column != 1 && result.row == 1) {
      // Neighbouring indices write neighbouring elements.
      right
          .transposed()
          .multiplyOwn(lowering, transposed(), result.transposed(), columns, terms, rows);
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
        .launch(lowering.batch() * heads * rows * columns);
  }
}
