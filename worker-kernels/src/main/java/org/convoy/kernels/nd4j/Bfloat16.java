package org.convoy.kernels.nd4j;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bfloat16 numbers, held as float32 with the lower 16 bits zero. The significand has 8 bits,
 * including the leading one. So the relative rounding error is at most {@code 2^-8}, and less than
 * {@code 2^-9} in the root mean square.
 */
final class Bfloat16 {
  private static final int LOWER_HALF = 0xFFFF;
  private static final int INFINITY = 0x7F800000;
  private static final int MAGNITUDE = 0x7FFFFFFF;
  private static final int QUIET_NAN = 0x7FC00000;

  private Bfloat16() {}

  /** The nearest bfloat16 number; of two equally near ones the one whose last bit is zero. */
  static float round(float value) {
    return Float.intBitsToFloat(round(Float.floatToRawIntBits(value)));
  }

  /**
   * Rounds every element in place.
   *
   * @param array float32, dense and in C order
   */
  static void round(INDArray array) {
    IntBuffer bits = bits(array);
    for (int i = 0; i < bits.limit(); i++) {
      bits.put(i, round(bits.get(i)));
    }
  }

  /** Infinities stay. Values beyond the largest number become infinite, by the carry. */
  private static int round(int bits) {
    if ((bits & MAGNITUDE) > INFINITY) {
      return QUIET_NAN;
    }
    int lastBit = bits >>> 16 & 1;
    return bits + (LOWER_HALF >>> 1) + lastBit & ~LOWER_HALF;
  }

  private static IntBuffer bits(INDArray array) {
    if (array.dataType() != DataType.FLOAT || array.ordering() != 'c' || !dense(array)) {
      throw new IllegalArgumentException(
          "expected a dense FLOAT array in C order, got " + array.shapeInfoToString());
    }
    IntPointer memory = new IntPointer(array.data().addressPointer());
    return memory
        .capacity(array.length())
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asIntBuffer();
  }

  private static boolean dense(INDArray array) {
    long expected = 1;
    for (int i = array.rank() - 1; i >= 0; i--) {
      if (array.size(i) > 1 && array.stride(i) != expected) {
        return false;
      }
      expected *= array.size(i);
    }
    return true;
  }
}
