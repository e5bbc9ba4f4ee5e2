package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.LongPointer;
import org.convoy.kernels.cuda.Addresses;
import org.convoy.kernels.cuda.ForeignLibrary;

/** cuDNN's library: its version, its errors, its graph interface's functions. */
final class CudnnLibrary {
  private static final int NOT_SUPPORTED_FROM = 3000;
  private static final int NOT_SUPPORTED_TO = 3999;
  private static final int MAJOR = 10_000;
  private static final int MINOR = 100;
  private static final int WANTED = 9;

  private final ForeignLibrary library;

  private CudnnLibrary(ForeignLibrary library) {
    this.library = library;
  }

  /**
   * @throws UnsupportedOperationException if the machine has no cuDNN 9
   */
  static CudnnLibrary open() {
    ForeignLibrary found = ForeignLibrary.open("NVIDIA's cuDNN 9", List.of("libcudnn.so.9"));
    CudnnLibrary library = new CudnnLibrary(found);
    long version = library.number();
    if (version / MAJOR != WANTED) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "%s is cuDNN %s: expected version %d",
              found.name(),
              library.version(),
              WANTED));
    }
    return library;
  }

  private long number() {
    return library.value("cudnnGetVersion");
  }

  /** For example {@code 9.13.0}. */
  String version() {
    long version = number();
    return version / MAJOR + "." + version % MAJOR / MINOR + "." + version % MINOR;
  }

  /** Creates something whose handle the function writes to its first argument. */
  long create(String function, long... others) {
    try (LongPointer result = new LongPointer(1)) {
      long[] all = new long[others.length + 1];
      System.arraycopy(others, 0, all, 0, others.length);
      all[others.length] = result.address();
      check(function, all);
      return result.get();
    }
  }

  /**
   * @throws IllegalStateException if it fails; the message has the function and cuDNN's words
   */
  void check(String function, long... arguments) {
    int status = library.call(function, arguments);
    if (status != 0) {
      throw new IllegalStateException(function + ": " + error(status));
    }
  }

  /**
   * Whether the library can do what is asked.
   *
   * @throws IllegalStateException if it fails for another reason
   */
  boolean supports(String function, long... arguments) {
    int status = library.call(function, arguments);
    if (status >= NOT_SUPPORTED_FROM && status <= NOT_SUPPORTED_TO) {
      return false;
    }
    if (status != 0) {
      throw new IllegalStateException(function + ": " + error(status));
    }
    return true;
  }

  private String error(int status) {
    return Addresses.text(library.value("cudnnGetErrorString", status));
  }
}
