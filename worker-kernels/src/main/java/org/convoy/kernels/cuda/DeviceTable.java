package org.convoy.kernels.cuda;

import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;

/**
 * A few numbers in a device's memory that kernels look up or write, and the host writes or reads.
 */
public final class DeviceTable implements AutoCloseable {
  private final Device device;
  private final long bytes;
  private final long address;
  private final BytePointer staging;

  /**
   * @param bytes how much it has
   */
  public DeviceTable(Device device, long bytes) {
    this.device = device;
    this.bytes = bytes;
    this.address = device.allocate(bytes);
    this.staging = new BytePointer(Math.max(1, bytes));
    device.clear(address, bytes);
  }

  /**
   * A table with whole numbers at its beginning.
   *
   * @param more bytes behind them
   */
  public static DeviceTable of(Device device, long[] numbers, long more) {
    long bytes = (long) numbers.length * Long.BYTES;
    DeviceTable table = new DeviceTable(device, bytes + more);
    new LongPointer(table.staging).put(numbers, 0, numbers.length);
    device.upload(table.address, table.staging, bytes);
    return table;
  }

  /** Where it begins. */
  public long address() {
    return address;
  }

  /** Writes numbers at the beginning. */
  public void put(float[] numbers) {
    long count = (long) numbers.length * Float.BYTES;
    check(count);
    new FloatPointer(staging).put(numbers, 0, numbers.length);
    device.upload(address, staging, count);
  }

  /**
   * Reads numbers, after everything that was launched before.
   *
   * @param from the byte at which they begin
   */
  public double[] doubles(long from, int count) {
    long size = (long) count * Double.BYTES;
    check(from + size);
    device.download(staging, address + from, size);
    double[] numbers = new double[count];
    new DoublePointer(staging).get(numbers, 0, count);
    return numbers;
  }

  private void check(long used) {
    if (used > bytes) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "expected at most %d bytes, got %d", bytes, used));
    }
  }

  @Override
  public void close() {
    device.free(address);
    staging.close();
  }
}
