package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The memory of a flat float32 vector, for the summation and the network. It is a view: it keeps
 * its array reachable, and owns nothing.
 *
 * <p>Additions are {@code y = 1 * x + y} by BLAS's axpy. A product with one is exact. So each
 * element is the rounded sum of two floats, with or without a fused multiply-add, and wherever the
 * vector is cut. Measured in GB/s of addends on a 2-core AVX-512 machine with 65536 floats at a
 * time: axpy 5.5 in one thread, ND4J's addi 2.5, a Java loop over a direct FloatBuffer 4.6; a copy
 * runs at 5.3. Axpy over two threads reached 9.7 on an idle machine, but only a tenth of that where
 * other threads used the cores, because each short call waits for both threads. So it runs on one
 * thread.
 */
final class Floats {

  /** Fewer than the 10000 elements from which OpenBLAS's axpy uses other threads. */
  private static final int PIECE = 8192;

  private final INDArray array;
  private final FloatPointer pointer;

  private Floats(INDArray array, FloatPointer pointer) {
    this.array = array;
    this.pointer = pointer;
  }

  /**
   * Makes a view of an array's memory.
   *
   * @throws IllegalArgumentException unless the array is float32 and its elements are neighbours
   */
  static Floats of(INDArray array) {
    if (array.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException("expected a float32 vector, got " + array.dataType());
    }
    boolean flat = array.rank() <= 1 || array.ordering() == 'c';
    if (array.isEmpty() || !flat || array.elementWiseStride() != 1) {
      throw new IllegalArgumentException(
          "expected a flat contiguous vector, got " + array.shapeInfoToString());
    }
    FloatPointer start = new FloatPointer(array.data().addressPointer());
    return new Floats(array, start);
  }

  long length() {
    return array.length();
  }

  boolean sameMemory(Floats other) {
    return pointer.address() == other.pointer.address();
  }

  void check(Chunks chunks) {
    if (chunks.end() > length()) {
      throw new IllegalArgumentException(
          "expected a vector of at least " + chunks.end() + " floats, got " + length());
    }
  }

  /** The bytes of {@code count} floats from {@code from} on, little-endian, sharing this memory. */
  ByteBuffer bytes(long from, int count) {
    return new BytePointer(pointer.getPointer(from))
        .capacity(4L * count)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** {@code this[to + i] += source[from + i]} for {@code count} floats. */
  void add(long to, Floats source, long from, int count) {
    axpy(1, to, source, from, count);
  }

  /** {@code this[to + i] -= source[from + i]} for {@code count} floats. */
  void subtract(long to, Floats source, long from, int count) {
    axpy(-1, to, source, from, count);
  }

  private void axpy(float factor, long to, Floats source, long from, int count) {
    FloatPointer x = source.pointer.getPointer(from);
    FloatPointer y = pointer.getPointer(to);
    for (int at = 0; at < count; at += PIECE) {
      int n = Math.min(PIECE, count - at);
      openblas.cblas_saxpy(n, factor, x.position(at), 1, y.position(at), 1);
    }
  }

  /** {@code this[from + i] *= factor} for {@code count} floats. */
  void multiply(long from, int count, float factor) {
    FloatPointer x = pointer.getPointer(from);
    for (int at = 0; at < count; at += PIECE) {
      openblas.cblas_sscal(Math.min(PIECE, count - at), factor, x.position(at), 1);
    }
  }

  /** {@code this[from + i] = 0} for {@code count} floats. */
  void clear(long from, long count) {
    Pointer.memset(pointer.getPointer(from), 0, 4L * count);
  }

  /** The address of the float at {@code from}, as a number. */
  long address(long from) {
    return pointer.address() + Float.BYTES * from;
  }

  /** The address of the float at {@code from}. */
  FloatPointer pointer(long from) {
    return pointer.getPointer(from);
  }

  /** {@code this[from + i] /= divisor} for {@code count} floats, rounded as IEEE 754 has it. */
  void divide(long from, int count, float divisor) {
    FloatBuffer values = bytes(from, count).asFloatBuffer();
    for (int i = 0; i < count; i++) {
      values.put(i, values.get(i) / divisor);
    }
  }

  /** The bits of {@code count} floats from {@code from} on, sharing this memory. */
  IntBuffer bits(long from, int count) {
    return bytes(from, count).asIntBuffer();
  }

  /** Copies {@code count} floats from {@code from} on to the start of an array. */
  void get(long from, float[] values, int count) {
    bytes(from, count).asFloatBuffer().get(values, 0, count);
  }

  /** Sets {@code count} floats from {@code from} on to values from the start of an array. */
  void put(long from, float[] values, int count) {
    put(from, values, 0, count);
  }

  /** Sets {@code count} floats from {@code from} on to {@code values[at]} and those behind it. */
  void put(long from, float[] values, int at, int count) {
    bytes(from, count).asFloatBuffer().put(values, at, count);
  }

  /** {@code this[to + i] = source[from + i]} for {@code count} floats. */
  void copy(long to, Floats source, long from, long count) {
    Pointer.memcpy(pointer.getPointer(to), source.pointer.getPointer(from), 4L * count);
  }
}
