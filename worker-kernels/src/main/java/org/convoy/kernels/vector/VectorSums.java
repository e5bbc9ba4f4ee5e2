package org.convoy.kernels.vector;

/**
 * The sum of vectors along a binary tree, in one pass over them. Every variant of the library gives
 * the same bits. Runs on the calling thread.
 */
public final class VectorSums {

  /** Numbers that describe an operand. */
  public static final int OPERAND = 3;

  private VectorSums() {}

  /** Whether the library is loaded; without it {@link #sum} is refused. */
  public static boolean available() {
    return VectorLibrary.isLoaded();
  }

  /**
   * Sums vectors.
   *
   * @param operands {@value #OPERAND} numbers for each operand, from left to right: the address of
   *     its first float or word; 1 if it is packed as {@link VectorBfloat16} does, else 0; the
   *     number of additions that follow, each of the last two sums that wait. One sum is left.
   * @param bfloat16 whether operands in float32 and the value of each node are rounded to bfloat16
   * @param result the address of the sum's first float; may be that of an operand in float32
   * @param count the length of each vector
   */
  public static void sum(long[] operands, boolean bfloat16, long result, long count) {
    VectorLibrary.require(false);
    VectorCalls.treeSum(operands, operands.length / OPERAND, bfloat16 ? 1 : 0, result, count);
  }
}
