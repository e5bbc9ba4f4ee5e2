package org.convoy.kernels.cudnn;

import java.util.Arrays;

/**
 * A box of up to six dimensions, outermost first, that is copied between tensors of any strides and
 * types.
 *
 * @param dimensions always six; those that are missing come first, as 1
 */
record Box(long[] dimensions) {
  private static final int RANK = 6;

  static Box of(long... dimensions) {
    return new Box(six(dimensions, 1));
  }

  private static long[] six(long[] values, long missing) {
    long[] all = new long[RANK];
    Arrays.fill(all, missing);
    System.arraycopy(values, 0, all, RANK - values.length, values.length);
    return all;
  }

  /** The strides of a dense tensor of these dimensions. */
  long[] dense() {
    long[] strides = new long[RANK];
    long stride = 1;
    for (int i = RANK - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dimensions[i];
    }
    return strides;
  }

  long elements() {
    return Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
  }

  /**
   * Adds a copy of the box.
   *
   * @param fromStrides in elements, for the last dimensions
   * @param toStrides the same
   */
  void copy(Lowering lowering, Tensor from, long[] fromStrides, Tensor to, long[] toStrides) {
    copy(lowering, from, 0, fromStrides, to, 0, toStrides);
  }

  /**
   * {@link #copy(Lowering, Tensor, long[], Tensor, long[])} between boxes that begin at an element
   * of their tensors.
   */
  void copy(
      Lowering lowering,
      Tensor from,
      long fromOffset,
      long[] fromStrides,
      Tensor to,
      long toOffset,
      long[] toStrides) {
    boolean wide =
        from.desc().type() == lowering.type()
            && to.desc().type() == lowering.type()
            && from.beginsWide()
            && to.beginsWide()
            && inEights(fromOffset, six(fromStrides, 0))
            && inEights(toOffset, six(toStrides, 0));
    (wide ? lowering.kernel("copy").wide(true) : lowering.untyped("copy"))
        .at(from, to)
        .sizes(dimensions)
        .sizes(six(fromStrides, 0))
        .sizes(six(toStrides, 0))
        .sizes(fromOffset, toOffset)
        .sizes(from.desc().type().ordinal(), to.desc().type().ordinal())
        .launch(elements());
  }

  /** Whether the innermost dimension lies in whole eights of neighbours. */
  private boolean inEights(long offset, long[] strides) {
    boolean all =
        offset % Kernel.WIDTH == 0
            && dimensions[RANK - 1] % Kernel.WIDTH == 0
            && strides[RANK - 1] == 1;
    for (int d = 0; d < RANK - 1; d++) {
      all = all && (dimensions[d] == 1 || strides[d] % Kernel.WIDTH == 0);
    }
    return all;
  }
}
