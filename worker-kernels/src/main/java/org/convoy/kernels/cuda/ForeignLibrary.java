package org.convoy.kernels.cuda;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.BytePointer;

/**
 * A shared library of the machine's, opened by name and never closed. Its functions take whole
 * numbers and addresses alone, and return a status.
 */
public final class ForeignLibrary {
  private final String name;
  private final long handle;
  private final Map<String, Long> functions = new ConcurrentHashMap<>();

  private ForeignLibrary(String name, long handle) {
    this.name = name;
    this.handle = handle;
  }

  /**
   * Opens the first library that is there. The dynamic linker looks them up: names without a folder
   * in {@code LD_LIBRARY_PATH} and in the system's folders.
   *
   * @param what it is and where it comes from, for the message
   * @throws UnsupportedOperationException if there is none, or the platform is not supported; the
   *     message names what was looked for
   */
  public static ForeignLibrary open(String what, List<String> names) {
    if (!ForeignCalls.load()) {
      throw new UnsupportedOperationException(
          "GPUs are supported on Linux on x86-64 alone: this jar has no calls for "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch"));
    }
    for (String name : names) {
      try (BytePointer text = new BytePointer(name)) {
        long handle = ForeignCalls.open(text.address());
        if (handle != 0) {
          return new ForeignLibrary(name, handle);
        }
      }
    }
    throw new UnsupportedOperationException(
        String.format(
            Locale.ROOT,
            "%s was not found: looked for %s in LD_LIBRARY_PATH and the system's folders",
            what,
            String.join(", ", names)));
  }

  /** The name under which it was found. */
  public String name() {
    return name;
  }

  /** Whether it has a function. */
  public boolean has(String function) {
    return address(function) != 0;
  }

  /**
   * Calls a function.
   *
   * @param arguments at most eleven
   * @return what it returns, as a 32-bit number
   * @throws UnsupportedOperationException if this version of the library lacks the function
   */
  public int call(String function, long... arguments) {
    return (int) value(function, arguments);
  }

  /** {@link #call} of a function that returns a 64-bit number or an address. */
  public long value(String function, long... arguments) {
    long address = address(function);
    if (address == 0) {
      throw new UnsupportedOperationException(
          String.format(Locale.ROOT, "%s has no function %s: it is too old", name, function));
    }
    return invoke(address, arguments);
  }

  /** Calls the function at an address. */
  static long invoke(long address, long... arguments) {
    if (arguments.length > 11) {
      throw new IllegalArgumentException("at most 11 arguments, got " + arguments.length);
    }
    long[] a = new long[11];
    System.arraycopy(arguments, 0, a, 0, arguments.length);
    return ForeignCalls.call(
        address, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10]);
  }

  private long address(String function) {
    return functions.computeIfAbsent(
        function,
        key -> {
          try (BytePointer text = new BytePointer(key)) {
            return ForeignCalls.symbol(handle, text.address());
          }
        });
  }
}
