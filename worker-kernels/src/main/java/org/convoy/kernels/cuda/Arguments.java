package org.convoy.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;

/**
 * The arguments of one launch in native memory, as the struct {@code Args} of {@code device.cuh}
 * lays them out.
 */
public final class Arguments implements AutoCloseable {
  /** The most tensors of a kernel. */
  public static final int TENSORS = 10;

  /** The most sizes of a kernel. */
  public static final int SIZES = 40;

  /** The most factors of a kernel. */
  public static final int FACTORS = 6;

  private static final int TENSORS_AT = Long.BYTES;
  private static final int SIZES_AT = TENSORS_AT + TENSORS * Long.BYTES;
  private static final int FACTORS_AT = SIZES_AT + SIZES * Long.BYTES;

  /** The size of the struct. */
  static final int BYTES = FACTORS_AT + FACTORS * Float.BYTES;

  private final BytePointer memory = new BytePointer(BYTES);
  private final ByteBuffer buffer = memory.asByteBuffer().order(ByteOrder.nativeOrder());
  private final long count;

  /**
   * @param count the indices that the kernel runs for
   */
  public Arguments(long count, long[] sizes, float[] factors) {
    if (sizes.length > SIZES || factors.length > FACTORS) {
      throw new IllegalArgumentException(
          "at most "
              + SIZES
              + " sizes and "
              + FACTORS
              + " factors, got "
              + sizes.length
              + " and "
              + factors.length);
    }
    this.count = count;
    BytePointer.memset(memory, 0, BYTES);
    buffer.putLong(0, count);
    for (int i = 0; i < sizes.length; i++) {
      buffer.putLong(SIZES_AT + i * Long.BYTES, sizes[i]);
    }
    for (int i = 0; i < factors.length; i++) {
      buffer.putFloat(FACTORS_AT + i * Float.BYTES, factors[i]);
    }
  }

  /** The number of indices. */
  public long count() {
    return count;
  }

  /** Sets the address of a tensor; 0 for one that is missing. */
  public void tensor(int index, long address) {
    buffer.putLong(TENSORS_AT + index * Long.BYTES, address);
  }

  /** The address of the struct. */
  public long address() {
    return memory.address();
  }

  @Override
  public void close() {
    memory.close();
  }
}
