package org.convoy.kernels.cuda;

import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A flat float32 vector in a device's memory, which it owns. It begins as zeros. */
public final class DeviceVector implements AutoCloseable {
  private final Device device;
  private final long length;
  private final long address;
  private boolean closed;

  /**
   * @param length in numbers
   * @throws OutOfMemoryError if the device has no memory left
   */
  public DeviceVector(Device device, long length) {
    this.device = device;
    this.length = length;
    this.address = device.allocate(length * Float.BYTES);
    try (Arguments zeros = new Arguments(length, new long[1], new float[0])) {
      zeros.tensor(0, address);
      device.launch(device.kernel("zero_any"), zeros);
    }
  }

  /** The device that has it. */
  public Device device() {
    return device;
  }

  /** How many numbers it has. */
  public long length() {
    return length;
  }

  /** Where it begins. */
  public long address() {
    requireOpen();
    return address;
  }

  /** Where a number lies. */
  public long address(long element) {
    requireOpen();
    return address + element * Float.BYTES;
  }

  /**
   * Copies numbers from the host, after everything that was launched before.
   *
   * @param from the vector's first number that is written
   * @param source the host's vector, of the same layout: numbers {@code [from, to)} of it are
   *     copied
   */
  public void upload(Pointer source, long from, long to) {
    check(from, to);
    device.upload(address(from), at(source, from), (to - from) * Float.BYTES);
  }

  /** The same, queued as {@link Device#uploadBeside}. */
  public void uploadBeside(Pointer source, long from, long to) {
    check(from, to);
    device.uploadBeside(address(from), at(source, from), (to - from) * Float.BYTES);
  }

  /** Copies numbers {@code [from, to)} to the same places of a vector of the host. */
  public void download(Pointer target, long from, long to) {
    check(from, to);
    device.download(at(target, from), address(from), (to - from) * Float.BYTES);
  }

  /** Begins to copy numbers {@code [from, to)} to the same places of a vector of the host. */
  public Device.Arrival downloadBeside(Pointer target, long from, long to) {
    check(from, to);
    return device.downloadBeside(at(target, from), address(from), (to - from) * Float.BYTES);
  }

  private static Pointer at(Pointer vector, long element) {
    return new BytePointer(vector).getPointer(element * Float.BYTES);
  }

  private void check(long from, long to) {
    if (from < 0 || from > to || to > length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "expected numbers within 0 to %d, got %d to %d", length, from, to));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this vector of the device is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.free(address);
    }
  }
}
