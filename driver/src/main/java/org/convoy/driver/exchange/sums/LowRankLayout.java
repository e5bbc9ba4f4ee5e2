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
   * @param place index of its first element where all chunks of the gradient stand side by side
   */
  record Compressed(VectorLayout.Matrix matrix, long left, long right, long place) {}

  /**
   * A range of the gradient that moves and is not compressed.
   *
   * @param left index of its copy in the left vector
   * @param place index of its first element where all chunks of the gradient stand side by side
   */
  record Dense(long from, long to, long left, long place) {
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
    Chunks chunks = layout.trainedChunks();
    for (VectorLayout.Matrix matrix : layout.matrices()) {
      if (rank * ((long) matrix.rows() + matrix.columns()) < matrix.length()) {
        compressed.add(new Compressed(matrix, left, right, chunks.placeOf(matrix.from())));
        left += (long) rank * matrix.rows();
        right += (long) rank * matrix.columns();
      }
    }
    for (VectorLayout.Range range : layout.moving()) {
      long at = range.from();
      long end = Math.min(range.to(), layout.trained());
      for (Compressed each : compressed) {
        long matrix = each.matrix().from();
        if (matrix >= at && matrix < end) {
          addDense(at, matrix, chunks);
          at = matrix + each.matrix().length();
        }
      }
      addDense(at, end, chunks);
    }
  }

  private void addDense(long from, long to, Chunks chunks) {
    if (from < to) {
      dense.add(new Dense(from, to, left, chunks.placeOf(from)));
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
