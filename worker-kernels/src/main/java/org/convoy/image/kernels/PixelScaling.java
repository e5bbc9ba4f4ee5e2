package org.convoy.image.kernels;

import org.bytedeco.javacpp.BytePointer;

/**
 * Scales windows of pictures with fixed-point weights, as {@code scaling.cpp} says. It owns native
 * memory, which grows with the pictures. Only one thread at a time may use it.
 */
public final class PixelScaling implements AutoCloseable {
  private static final long ALIGNMENT_BYTES = 64;
  private static final long LARGE_BYTES = 1 << 24;

  private BytePointer scratch = new BytePointer();

  /**
   * The inputs of each output position along one axis. The numbers are, in this order: the index of
   * each output's first input, the number of its inputs, and their weights with 22 fractional bits.
   *
   * @param size outputs
   * @param taps weights per output, including unused ones
   * @param numbers at least {@code size * (2 + taps)}
   */
  public record Filter(int size, int taps, int[] numbers) {}

  /** Makes an object without memory. */
  public PixelScaling() {
    PixelLibrary.require();
  }

  /**
   * Scales a window. Both passes round to 8 bits.
   *
   * @param source address of the window's first byte, with 16 readable bytes behind its last
   * @param sourceRowBytes from a row of the picture to the next
   * @param channels 1 or 3
   * @param out address of the result, dense rows
   * @throws OutOfMemoryError if there is no memory for tables and rows
   */
  public void scale(
      long source, long sourceRowBytes, int channels, Filter columns, Filter rows, long out) {
    long[] sizes = {
      source, sourceRowBytes, channels, columns.size, rows.size, columns.taps, rows.taps, out, 0
    };
    sizes[sizes.length - 1] = scratchAddress(PixelCalls.scaleScratchBytes(sizes));
    PixelCalls.scale(sizes, columns.numbers, rows.numbers);
  }

  private long scratchAddress(long bytes) {
    if (scratch.isNull() || scratch.capacity() < bytes + ALIGNMENT_BYTES) {
      scratch.close();
      scratch = new BytePointer(bytes + ALIGNMENT_BYTES);
    }
    long address = scratch.address();
    return (address + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
  }

  /** Frees memory of more than 16 MiB, which only few pictures need. */
  public void releaseIfLarge() {
    if (!scratch.isNull() && scratch.capacity() > LARGE_BYTES) {
      close();
    }
  }

  @Override
  public void close() {
    scratch.close();
    scratch = new BytePointer();
  }
}
