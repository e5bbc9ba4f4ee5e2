package org.convoy.driver.exchange.sums;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.convoy.kernels.vector.VectorSums;

/**
 * Sums vectors in the order of the {@link SumTree}, in one pass: each is read once, in the format
 * in which it lies in memory, and only the sum is written. In a {@link WireFormat} other than
 * float32 every node of the tree is rounded to it, the operands included.
 *
 * <p>Convoy's own kernels and the loops here give the same bits; the loops are for executors that
 * lack the kernels.
 */
final class TreeSums {

  /** Numbers that are summed at a time, so that sums on the way stay in the cache. */
  private static final int PIECE = 4096;

  /**
   * A vector to sum.
   *
   * @param start of its first number, as floats of the memory
   * @param packed whether it is {@linkplain WireFormat#pack packed}; otherwise it is in float32
   * @param additions that follow, as {@link SumTree#additions} counts them
   */
  record Operand(Floats memory, long start, boolean packed, int additions) {}

  private TreeSums() {}

  /**
   * Sums operands.
   *
   * @param operands from left to right; one sum of them is left
   * @param result receives the sum; may be an operand in float32
   * @param to the place of the sum's first number
   */
  static void sum(WireFormat format, List<Operand> operands, Floats result, long to, int count) {
    if (format == WireFormat.FLOAT32 && operands.size() == 1 && lies(operands.get(0), result, to)) {
      return;
    }
    if (!VectorSums.available()) {
      sumInJava(format, operands, result, to, count);
      return;
    }
    long[] described = new long[VectorSums.OPERAND * operands.size()];
    int at = 0;
    for (Operand operand : operands) {
      described[at++] = operand.memory().address(operand.start());
      described[at++] = packed(format, operand) ? 1 : 0;
      described[at++] = operand.additions();
    }
    boolean bfloat16 = format == WireFormat.BFLOAT16;
    VectorSums.sum(described, bfloat16, result.address(to), count);
  }

  private static boolean lies(Operand operand, Floats memory, long start) {
    return operand.memory().sameMemory(memory) && operand.start() == start;
  }

  /** Packed float32 numbers are float32 numbers. */
  private static boolean packed(WireFormat format, Operand operand) {
    return operand.packed() && format == WireFormat.BFLOAT16;
  }

  static void sumInJava(
      WireFormat format, List<Operand> operands, Floats result, long to, int count) {
    List<int[]> rows = new ArrayList<>();
    int lower = Bfloat16.packed(count);
    for (int at = 0; at < lower; at += PIECE) {
      for (boolean upper : new boolean[] {false, true}) {
        int from = upper ? lower + at : at;
        int n = Math.min(PIECE, upper ? count - from : lower - at);
        if (n > 0) {
          sumPiece(format, operands, from, at, upper, n, rows);
          result.bits(to + from, n).put(0, rows.get(0), 0, n);
        }
      }
    }
  }

  /**
   * Sums a piece of all operands, in the first row.
   *
   * @param from the place of the piece in a float32 operand
   * @param word its place in a packed one
   * @param upper which half of a word counts
   */
  private static void sumPiece(
      WireFormat format,
      List<Operand> operands,
      int from,
      int word,
      boolean upper,
      int n,
      List<int[]> rows) {
    int depth = 0;
    for (Operand operand : operands) {
      if (depth == rows.size()) {
        rows.add(new int[PIECE]);
      }
      boolean packed = packed(format, operand);
      int[] sum = rows.get(depth);
      IntBuffer bits = operand.memory().bits(operand.start() + (packed ? word : from), n);
      bits.get(0, sum, 0, n);
      if (packed) {
        Bfloat16.half(sum, upper, n);
      } else {
        round(format, sum, n);
      }
      for (int i = 0; i < operand.additions(); i++) {
        depth--;
        add(format, rows.get(depth), rows.get(depth + 1), n);
      }
      depth++;
    }
  }

  private static void round(WireFormat format, int[] numbers, int n) {
    if (format == WireFormat.BFLOAT16) {
      for (int i = 0; i < n; i++) {
        numbers[i] = Bfloat16.rounded(numbers[i]);
      }
    }
  }

  private static void add(WireFormat format, int[] left, int[] right, int n) {
    for (int i = 0; i < n; i++) {
      float sum = Float.intBitsToFloat(left[i]) + Float.intBitsToFloat(right[i]);
      left[i] = Float.floatToRawIntBits(sum);
    }
    round(format, left, n);
  }
}
