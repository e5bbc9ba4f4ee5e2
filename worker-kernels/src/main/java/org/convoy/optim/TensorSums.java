package org.convoy.optim;

/**
 * For each tensor that decays, the sums of the squares of its parameters and of its direction, or
 * of the part of it that a slice holds. The squares of a part are added in double: first eight
 * interleaved sums, then their total. Parts are added in the order of the vector. So the sums have
 * the same bits for any number of owners of the same chunks.
 */
public final class TensorSums {
  private static final int LANES = 8;

  private final int first;
  private final double[] lanes;

  /** Sums for the tensors of a mask, or for the parts of tensors in the mask of a slice. */
  public TensorSums(DecayMask mask) {
    this.first = mask.first();
    this.lanes = new double[mask.ranges().size() * 2 * LANES];
  }

  /**
   * Adds the elements {@code from} to {@code to} of a staged block, which all belong to one tensor.
   */
  void add(int tensor, float[] parameters, float[] direction, int from, int to) {
    int at = (tensor - first) * 2 * LANES;
    for (int i = from; i < to; i++) {
      int lane = at + i % LANES;
      lanes[lane] += (double) parameters[i] * parameters[i];
      lanes[lane + LANES] += (double) direction[i] * direction[i];
    }
  }

  /** Adds the two sums of a part of a tensor. */
  void add(int tensor, double parameters, double direction) {
    int at = (tensor - first) * 2 * LANES;
    lanes[at] += parameters;
    lanes[at + LANES] += direction;
  }

  /** Two sums per tensor: of the parameters, then of the direction. */
  double[] toArray() {
    double[] sums = new double[lanes.length / LANES];
    for (int i = 0; i < lanes.length; i++) {
      sums[i / LANES] += lanes[i];
    }
    return sums;
  }
}
