package org.convoy.kernels.vector;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/** The native library behind this package, in the variant for a processor. */
public final class VectorLibrary {

  /** What the library is compiled for. */
  public enum Variant {
    /** With conversions to bfloat16. */
    AVX512_BF16,
    AVX512,
    /** With fused multiplication and addition. */
    AVX2;

    /** For example {@code avx512-bf16}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static Optional<Variant> loaded = Optional.empty();

  private VectorLibrary() {}

  /**
   * Makes the kernels of this package callable. The first variant stays for the process's life.
   *
   * @return whether they are; they are not where the build had no compiler for the platform
   * @throws UncheckedIOException if the library cannot be unpacked
   * @throws UnsatisfiedLinkError if it cannot be loaded
   */
  public static synchronized boolean load(Variant variant) {
    if (loaded.isPresent()) {
      if (loaded.get() != variant) {
        throw new IllegalStateException(loaded.get() + " is loaded already, not " + variant);
      }
      return true;
    }
    String name = Loader.getPlatform() + "/libconvoy-" + variant.word() + ".so";
    URL resource = VectorLibrary.class.getResource(name);
    if (resource == null) {
      return false;
    }
    // It finds OpenMP's runtime by name, once oneDNN has brought its own.
    Loader.load(dnnl.class);
    try {
      File file = Loader.cacheResource(resource);
      System.load(file.getAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + resource, e);
    }
    loaded = Optional.of(variant);
    return true;
  }

  /** Whether a variant is loaded. */
  static synchronized boolean isLoaded() {
    return loaded.isPresent();
  }

  /**
   * @throws IllegalStateException if no variant is loaded, or one that lacks what is wanted
   */
  static synchronized void require(boolean bfloat16) {
    if (loaded.isEmpty() || (bfloat16 && loaded.get() != Variant.AVX512_BF16)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "expected kernels for %s to be loaded, got %s",
              bfloat16 ? "bfloat16" : "float32",
              loaded.map(Variant::word).orElse("none")));
    }
  }
}
