package org.convoy.artifact;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Converts elements of floating-point types to float32. */
public final class Widening {
  private Widening() {}

  /** Whether elements of this type, which is not float32 itself, can be converted. */
  static boolean from(ElementType type) {
    return type == ElementType.F64 || type == ElementType.F16 || type == ElementType.BF16;
  }

  /**
   * Appends every element of {@code from} to {@code to}.
   *
   * @param type a floating-point type
   */
  public static void toFloats(ElementType type, ByteBuffer from, FloatBuffer to) {
    from.order(ByteOrder.LITTLE_ENDIAN);
    while (from.hasRemaining()) {
      switch (type) {
        case F64 -> to.put((float) from.getDouble());
        case F32 -> to.put(from.getFloat());
        case BF16 -> to.put(Float.intBitsToFloat(from.getShort() << 16));
        case F16 -> to.put(half(from.getShort()));
        default -> throw new IllegalArgumentException("no conversion from " + type);
      }
    }
  }

  /** IEEE 754 binary16 to binary32, exact. */
  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float subnormal = fraction * 0x1p-24f;
      return sign == 0 ? subnormal : -subnormal;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }
}
