package org.convoy.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.OptionalLong;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Moves the bytes of dense arrays in pieces between native memory and streams. Files are
 * little-endian, and so are all platforms of ND4J. The class refuses to load on any other platform.
 */
public final class ArrayMemory {
  /** Bytes per piece. */
  private static final int PIECE = 1 << 18;

  static {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new ExceptionInInitializerError("expected a little-endian machine");
    }
  }

  private ArrayMemory() {}

  /**
   * @param what name of the array in the message
   * @throws IllegalArgumentException unless the elements lie without gaps in C order
   */
  static void requireDense(String what, INDArray array) {
    long expected = 1;
    for (int d = array.rank() - 1; d >= 0; d--) {
      if (array.size(d) > 1 && array.stride(d) != expected) {
        throw new IllegalArgumentException(
            what
                + ": expected dense in C order, got strides "
                + Arrays.toString(array.stride())
                + " for shape "
                + Arrays.toString(array.shape()));
      }
      expected *= array.size(d);
    }
  }

  /** Appends all elements of a dense array to a stream. */
  public static void write(INDArray array, OutputStream out) throws IOException {
    byte[] piece = new byte[piece(array)];
    long bytes = bytes(array);
    for (long at = 0; at < bytes; at += piece.length) {
      int count = (int) Math.min(piece.length, bytes - at);
      window(array, at, count).get(piece, 0, count);
      out.write(piece, 0, count);
    }
  }

  static void digest(INDArray array, MessageDigest digest) {
    byte[] piece = new byte[piece(array)];
    long bytes = bytes(array);
    for (long at = 0; at < bytes; at += piece.length) {
      int count = (int) Math.min(piece.length, bytes - at);
      window(array, at, count).get(piece, 0, count);
      digest.update(piece, 0, count);
    }
  }

  /**
   * Fills the array. Returns the number of bytes read, which is smaller than the array if the
   * stream ends early.
   */
  static long read(INDArray array, InputStream in) throws IOException {
    byte[] piece = new byte[piece(array)];
    long bytes = bytes(array);
    for (long at = 0; at < bytes; at += piece.length) {
      int count = (int) Math.min(piece.length, bytes - at);
      int got = in.readNBytes(piece, 0, count);
      window(array, at, got).put(piece, 0, got);
      if (got < count) {
        return at + got;
      }
    }
    return bytes;
  }

  /** All elements of a dense float32 array of less than 2 GiB. */
  public static FloatBuffer floats(INDArray array) {
    return window(array, 0, Math.toIntExact(bytes(array))).asFloatBuffer();
  }

  /** The bytes of a dense array of less than 2 GiB. */
  static ByteBuffer content(INDArray array) {
    return window(array, 0, Math.toIntExact(bytes(array)));
  }

  /** The first element of a dense float32 array that is NaN or infinite. */
  static OptionalLong firstNotFinite(INDArray array) {
    long bytes = bytes(array);
    for (long at = 0; at < bytes; at += PIECE) {
      int count = (int) Math.min(PIECE, bytes - at);
      FloatBuffer floats = window(array, at, count).asFloatBuffer();
      for (int i = 0; i < count / Float.BYTES; i++) {
        if (!Float.isFinite(floats.get(i))) {
          return OptionalLong.of(at / Float.BYTES + i);
        }
      }
    }
    return OptionalLong.empty();
  }

  /** One element of a dense float32 array. */
  static float floatAt(INDArray array, long element) {
    return window(array, element * Float.BYTES, Float.BYTES).getFloat();
  }

  private static ByteBuffer window(INDArray array, long at, int count) {
    BytePointer start = new BytePointer(array.data().addressPointer());
    long from = start.position() + at;
    return start.limit(from + count).position(from).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static int piece(INDArray array) {
    return (int) Math.max(1, Math.min(PIECE, bytes(array)));
  }

  private static long bytes(INDArray array) {
    return array.length() * array.dataType().width();
  }
}
