package org.convoy.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import org.bytedeco.javacpp.Loader;

/** The native functions of {@code src/main/foreign}; addresses travel as numbers. */
final class ForeignCalls {
  private static boolean loaded;

  private ForeignCalls() {}

  /**
   * Makes the functions callable.
   *
   * @return whether they are; they are not where the build had no compiler for the platform
   */
  static synchronized boolean load() {
    if (loaded) {
      return true;
    }
    URL resource = ForeignCalls.class.getResource(Loader.getPlatform() + "/libconvoy-foreign.so");
    if (resource == null) {
      return false;
    }
    try {
      System.load(Loader.cacheResource(resource).getAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + resource, e);
    }
    loaded = true;
    return true;
  }

  /** A library's handle, or 0. */
  static native long open(long name);

  /** A function's address, or 0. */
  static native long symbol(long library, long name);

  /** Calls a function of up to eleven whole numbers or addresses. */
  static native long call(
      long function,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g,
      long h,
      long i,
      long j,
      long k);
}
