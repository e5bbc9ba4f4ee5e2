package org.convoy.driver.exchange.sums;

import org.bytedeco.openblas.global.openblas;
import org.convoy.driver.exchange.sums.LowRankLayout.Compressed;
import org.convoy.random.SplitMix64;

/**
 * The arithmetic of low-rank factors, on row-major float32 matrices. Products are BLAS's; their
 * sizes do not depend on the number of executors.
 */
final class ThinMatrix {

  private ThinMatrix() {}

  /** Writes numbers from -1 to 1 that depend on the seed alone. */
  static void draw(long seed, Floats target, long from, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = drawn(seed, i);
    }
    target.put(from, values, count);
  }

  private static float drawn(long seed, long index) {
    return (SplitMix64.at(seed, index) >> 40) * 0x1p-23f;
  }

  /** {@code P = M Q}. */
  static void timesRight(Compressed each, Floats errors, Floats right, Floats left, int rank) {
    int rows = each.matrix().rows();
    int columns = each.matrix().columns();
    openblas.cblas_sgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasNoTrans,
        rows,
        rank,
        columns,
        1f,
        errors.pointer(each.place()),
        columns,
        right.pointer(each.right()),
        rank,
        0f,
        left.pointer(each.left()),
        rank);
  }

  /** {@code Q = M' P}. */
  static void transposedTimesLeft(
      Compressed each, Floats errors, Floats left, Floats right, int rank) {
    int rows = each.matrix().rows();
    int columns = each.matrix().columns();
    openblas.cblas_sgemm(
        openblas.CblasRowMajor,
        openblas.CblasTrans,
        openblas.CblasNoTrans,
        columns,
        rank,
        rows,
        1f,
        errors.pointer(each.place()),
        columns,
        left.pointer(each.left()),
        rank,
        0f,
        right.pointer(each.right()),
        rank);
  }

  /** {@code M = P Q'}. */
  static void product(Compressed each, Floats left, Floats right, Floats gradient, int rank) {
    int rows = each.matrix().rows();
    int columns = each.matrix().columns();
    openblas.cblas_sgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        rows,
        columns,
        rank,
        1f,
        left.pointer(each.left()),
        rank,
        right.pointer(each.right()),
        rank,
        0f,
        gradient.pointer(each.matrix().from()),
        columns);
  }

  /**
   * Makes the columns of a matrix orthonormal, by Gram and Schmidt in float64. A column that
   * depends on those before it becomes a drawn one, so that no direction is lost for good.
   */
  static void orthonormalize(Floats memory, long from, int rows, int rank) {
    float[] values = new float[rows * rank];
    memory.get(from, values, values.length);
    double[][] columns = new double[rank][rows];
    for (int column = 0; column < rank; column++) {
      for (int row = 0; row < rows; row++) {
        columns[column][row] = values[row * rank + column];
      }
    }
    for (int column = 0; column < rank; column++) {
      int drawn = 0;
      while (!normalize(columns, column) && drawn < rows) {
        for (int row = 0; row < rows; row++) {
          columns[column][row] = drawn(column, (long) drawn * rows + row);
        }
        drawn++;
      }
    }
    for (int column = 0; column < rank; column++) {
      for (int row = 0; row < rows; row++) {
        values[row * rank + column] = (float) columns[column][row];
      }
    }
    memory.put(from, values, values.length);
  }

  /** Whether anything was left of a column after the projections on those before it. */
  private static boolean normalize(double[][] columns, int number) {
    double[] column = columns[number];
    double before = norm(column);
    for (int other = 0; other < number; other++) {
      double product = 0;
      for (int row = 0; row < column.length; row++) {
        product += column[row] * columns[other][row];
      }
      for (int row = 0; row < column.length; row++) {
        column[row] -= product * columns[other][row];
      }
    }
    double norm = norm(column);
    // NaN goes on: the run must notice it.
    if (norm <= 1e-6 * before) {
      return false;
    }
    for (int row = 0; row < column.length; row++) {
      column[row] /= norm;
    }
    return true;
  }

  private static double norm(double[] column) {
    double squares = 0;
    for (double value : column) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
