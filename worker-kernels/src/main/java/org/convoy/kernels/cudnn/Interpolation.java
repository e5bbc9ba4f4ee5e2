package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;

/** A product with one matrix for each spatial dimension, as {@code pools.cuh} takes it. */
final class Interpolation {
  private final Desc from;
  private final Desc to;
  private final List<Double> numbers = new ArrayList<>();
  private final long[] begins = new long[3];
  private int dimension;

  Interpolation(Desc from, Desc to) {
    this.from = from;
    this.to = to;
  }

  /** Adds the next dimension's matrix, {@code out} rows of {@code in} columns. */
  void add(double[] matrix, int in, int out) {
    begins[dimension++] = numbers.size();
    for (int row = 0; row < out; row++) {
      int first = 0;
      int end = in;
      while (first < end && matrix[row * in + first] == 0) {
        first++;
      }
      while (end > first && matrix[row * in + end - 1] == 0) {
        end--;
      }
      numbers.add((double) first);
      numbers.add((double) end);
    }
    for (double number : matrix) {
      numbers.add(number);
    }
  }

  /** A matrix of {@code out} rows of {@code in} columns as one of {@code in} rows. */
  static double[] transposed(double[] matrix, int in, int out) {
    double[] result = new double[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      result[i % in * out + i / in] = matrix[i];
    }
    return result;
  }

  void launch(Lowering lowering, Tensor source, Tensor result) {
    Tensor constant =
        lowering.constant(numbers.stream().mapToDouble(Double::doubleValue).toArray());
    lowering
        .kernel("interpolate")
        .at(source, result, constant)
        .sizes(from.channels())
        .sizes(from.three(0), from.three(1), from.three(2))
        .sizes(to.three(0), to.three(1), to.three(2))
        .sizes(begins)
        .launch(to.elements());
  }
}
