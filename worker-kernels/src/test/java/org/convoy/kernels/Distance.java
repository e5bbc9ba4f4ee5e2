package org.convoy.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far float32 tensors are from float64 ones, all that were added together. Reads them where
 * they lie: copies of networks of a hundred million weights would take longer than the networks.
 */
final class Distance {
  private double difference;
  private double exactSquares;
  private double actualSquares;
  private double product;

  static double of(INDArray actual, INDArray exact) {
    return new Distance().add(actual, exact).relative();
  }

  /** Adds a pair of dense tensors in the same order. */
  Distance add(INDArray actual, INDArray exact) {
    if (actual.dataType() != DataType.FLOAT
        || exact.dataType() != DataType.DOUBLE
        || actual.length() != exact.length()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected a FLOAT and a DOUBLE tensor of equal length, got %s of %d and %s of %d",
              actual.dataType(),
              actual.length(),
              exact.dataType(),
              exact.length()));
    }
    FloatBuffer near =
        bytes(new FloatPointer(actual.data().addressPointer()), actual).asFloatBuffer();
    DoubleBuffer exactly =
        bytes(new DoublePointer(exact.data().addressPointer()), exact).asDoubleBuffer();
    for (int i = 0; i < near.limit(); i++) {
      double x = near.get(i);
      double y = exactly.get(i);
      difference += (x - y) * (x - y);
      exactSquares += y * y;
      actualSquares += x * x;
      product += x * y;
    }
    return this;
  }

  /** Adds the pairs that another one holds. */
  Distance add(Distance other) {
    difference += other.difference;
    exactSquares += other.exactSquares;
    actualSquares += other.actualSquares;
    product += other.product;
    return this;
  }

  private static ByteBuffer bytes(Pointer memory, INDArray array) {
    return memory.capacity(array.length()).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** Whether nothing was added, or zeros alone. */
  boolean isEmpty() {
    return exactSquares == 0 && actualSquares == 0;
  }

  /** The norm of the difference over that of the exact ones. */
  double relative() {
    return Math.sqrt(difference / exactSquares);
  }

  double cosine() {
    return product / Math.sqrt(exactSquares * actualSquares);
  }
}
