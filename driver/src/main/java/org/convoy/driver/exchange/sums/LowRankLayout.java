package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;

/**
 * The places of thin matrices in the two vectors that are summed over groups. The left vector holds
 * for each compressed matrix of n rows a matrix of n x rank, followed by everything that is not
 * compressed; the right vector holds for each compressed matrix of m columns a matrix of m x rank.
 * All matrices are row-major.
 */
final class LowRankLayout {

  /**
   * A matrix that is compressed.
   *
   * @param left index of its left factor in the left vector
   * @param right index of its right factor in the right vector
   */
  record Compressed(VectorLayout.Matrix matrix, long left, long right) {}

  /**
   * A range of the gradient that is not compressed.
   *
   * @param left index of its copy in the left vector
   */
  record Dense(long from, long to, long left) {
    long length() {
      return to - from;
    }
  }

  private final int rank;
  private final List<Compressed> compressed = new ArrayList<>();
  private final List<Dense> dense = new ArrayList<>();
  private long left;
  private long right;

  LowRankLayout(int rank, VectorLayout layout) {
    this.rank = rank;
    for (VectorLayout.Matrix matrix : layout.matrices()) {
      if (rank * ((long) matrix.rows() + matrix.columns()) < matrix.length()) {
        compressed.add(new Compressed(matrix, left, right));
        left += (long) rank * matrix.rows();
        right += (long) rank * matrix.columns();
      }
    }
    long at = 0;
    for (Compressed each : compressed) {
      addDense(at, each.matrix().from());
      at = each.matrix().from() + each.matrix().length();
    }
    addDense(at, layout.trained());
  }

  private void addDense(long from, long to) {
    if (from < to) {
      dense.add(new Dense(from, to, left));
      left += to - from;
    }
  }

  int rank() {
    return rank;
  }

  /** The compressed matrices, in the order of the gradient. */
  List<Compressed> compressed() {
    return compressed;
  }

  /** Everything else, in the order of the gradient. */
  List<Dense> dense() {
    return dense;
  }

  /** Floats of the left vector. */
  long left() {
    return left;
  }

  /** Floats of the right vector; 0 if nothing is compressed. */
  long right() {
    return right;
  }
}
