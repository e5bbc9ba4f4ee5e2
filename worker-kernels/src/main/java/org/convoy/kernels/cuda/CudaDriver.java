package org.convoy.kernels.cuda;

import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * CUDA's driver interface. The names of functions are those of the versions whose arguments this
 * class passes ({@code _v2}), as the driver exports them.
 */
final class CudaDriver {
  /** The oldest driver whose functions suffice, as it counts versions: CUDA 12.0. */
  private static final int OLDEST = 12000;

  /** {@code CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR} and {@code _MINOR}. */
  private static final int CAPABILITY_MAJOR = 75;

  private static final int CAPABILITY_MINOR = 76;

  private static final int OUT_OF_MEMORY = 2;
  private static final int ALREADY_REGISTERED = 712;
  private static final int NAME_BYTES = 256;

  private final ForeignFunctions library;

  CudaDriver(ForeignFunctions library) {
    this.library = library;
  }

  /**
   * @throws UnsupportedOperationException if the machine has no driver, an older one, or no GPU
   */
  static CudaDriver open() {
    ForeignLibrary found =
        ForeignLibrary.open(
            "NVIDIA's driver, which a machine with a GPU needs,", List.of("libcuda.so.1"));
    CudaDriver driver = new CudaDriver(found::call);
    int status = driver.library.call("cuInit", 0);
    if (status != 0) {
      throw new UnsupportedOperationException(
          "NVIDIA's driver has no GPU to use: cuInit returned " + driver.error(status));
    }
    int version = driver.number("cuDriverGetVersion");
    if (version < OLDEST) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "NVIDIA's driver is for CUDA %s: expected 12.0 or newer",
              version(version)));
    }
    return driver;
  }

  /** The version of CUDA that the driver is for, for example {@code 13.0}. */
  String version() {
    return version(number("cuDriverGetVersion"));
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  int devices() {
    return number("cuDeviceGetCount");
  }

  String name(int device) {
    try (BytePointer name = new BytePointer(NAME_BYTES)) {
      check("cuDeviceGetName", name.address(), NAME_BYTES, device);
      return Addresses.text(name.address());
    }
  }

  String architecture(int device) {
    return "sm_" + attribute(CAPABILITY_MAJOR, device) + attribute(CAPABILITY_MINOR, device);
  }

  private int attribute(int which, int device) {
    try (IntPointer value = new IntPointer(1)) {
      check("cuDeviceGetAttribute", value.address(), which, device);
      return value.get();
    }
  }

  long memoryBytes(int device) {
    try (SizeTPointer bytes = new SizeTPointer(1)) {
      check("cuDeviceTotalMem_v2", bytes.address(), device);
      return bytes.get();
    }
  }

  private int number(String function) {
    try (IntPointer value = new IntPointer(1)) {
      check(function, value.address());
      return value.get();
    }
  }

  /** Calls a function whose first argument is where a handle goes. */
  long handle(String function, long... others) {
    try (LongPointer result = new LongPointer(1)) {
      long[] all = new long[others.length + 1];
      all[0] = result.address();
      System.arraycopy(others, 0, all, 1, others.length);
      check(function, all);
      return result.get();
    }
  }

  /**
   * @throws OutOfMemoryError if the device has no more memory
   */
  long allocate(long bytes) {
    try (LongPointer address = new LongPointer(1)) {
      int status = library.call("cuMemAlloc_v2", address.address(), bytes);
      if (status == OUT_OF_MEMORY) {
        throw new OutOfMemoryError(
            String.format(Locale.ROOT, "the GPU has no %d bytes of memory left", bytes));
      }
      require("cuMemAlloc_v2", status);
      return address.get();
    }
  }

  /** Whether memory of the host was registered; false if it was before. */
  boolean pin(long address, long bytes) {
    int status = library.call("cuMemHostRegister_v2", address, bytes, 0);
    if (status == ALREADY_REGISTERED) {
      return false;
    }
    require("cuMemHostRegister_v2", status);
    return true;
  }

  /**
   * @throws IllegalStateException if it fails; the message has the function and the driver's word
   */
  void check(String function, long... arguments) {
    require(function, library.call(function, arguments));
  }

  private void require(String function, int status) {
    if (status != 0) {
      throw new IllegalStateException(function + " returned " + error(status));
    }
  }

  private String error(int status) {
    try (LongPointer text = new LongPointer(1)) {
      text.put(0);
      library.call("cuGetErrorName", status, text.address());
      return text.get() == 0 ? "status " + status : Addresses.text(text.get());
    }
  }
}
