package org.convoy.image.kernels;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Turns 8-bit pixels into the float32 numbers of a network's input. It owns the native tables of
 * the 256 values of each channel.
 */
public final class PixelPacking implements AutoCloseable {
  private static final int VALUES = 256;

  private final FloatPointer tables;
  private final int channels;

  /**
   * @param tables the float of each byte value, for each of one or three channels
   */
  public PixelPacking(float[][] tables) {
    PixelLibrary.require();
    channels = tables.length;
    this.tables = new FloatPointer((long) channels * VALUES);
    for (int c = 0; c < channels; c++) {
      this.tables.position((long) c * VALUES).put(tables[c], 0, VALUES);
    }
    this.tables.position(0);
  }

  /**
   * Writes (channels, pixels) floats of (pixels, channels) bytes.
   *
   * @param source address of the bytes
   * @param result address of the floats
   */
  public void pack(long source, long pixels, long result) {
    if (tables.isNull()) {
      throw new IllegalStateException("tables used after close");
    }
    PixelCalls.pack(source, pixels, channels, tables.address(), Float.BYTES, result);
  }

  /** Mirrors an image left to right, in place. */
  public static void mirror(long image, int height, int width, int channels) {
    PixelLibrary.require();
    PixelCalls.mirror(image, height, width, channels);
  }

  @Override
  public void close() {
    tables.close();
  }
}
