package org.convoy.optim;

/**
 * Of each tensor that decays, the sum of the squares of its parameters and of its direction, or of
 * the part of them that a slice holds. A part's squares are added in double, eight interleaved sums
 * and then those; parts are added in the order of the vector. So the sums have the same bits for
 * any number of owners of the same chunks.
 */
public final class TensorSums {
  private static final int LANES = 8;

  private final int first;
  private final double[] lanes;

  /** For the tensors of a mask, or for the parts of tensors of a slice's mask. */
  public TensorSums(DecayMask mask) {
    this.first = mask.first();
    this.lanes = new double[mask.ranges().size() * 2 * LANES];
  }

  /** Adds the elements {@code from} to {@code to} of a staged block, all of one tensor. */
  void add(int tensor, float[] parameters, float[] direction, int from, int to) {
    int at = (tensor - first) * 2 * LANES;
    for (int i = from; i < to; i++) {
      int lane = at + i % LANES;
      lanes[lane] += (double) parameters[i] * parameters[i];
      lanes[lane + LANES] += (double) direction[i] * direction[i];
    }
  }

  /** Adds two sums of a part of a tensor. */
  void add(int tensor, double parameters, double direction) {
    int at = (tensor - first) * 2 * LANES;
    lanes[at] += parameters;
    lanes[at + LANES] += direction;
  }

  /** For each tensor two sums: of the parameters, of the direction. */
  double[] toArray() {
    double[] sums = new double[lanes.length / LANES];
    for (int i = 0; i < lanes.length; i++) {
      sums[i / LANES] += lanes[i];
    }
    return sums;
  }
}
