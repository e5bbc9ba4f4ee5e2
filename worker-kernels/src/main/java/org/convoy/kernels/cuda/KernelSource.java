package org.convoy.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The sources of Convoy's own kernels, {@code src/main/cuda}, as the jar has them. */
public final class KernelSource {
  /** The file that includes all others. */
  public static final String MAIN = "convoy.cu";

  /** The files that it includes, directly or not. */
  public static final List<String> HEADERS =
      List.of(
          "activations.cuh",
          "convolutions.cuh",
          "device.cuh",
          "elementwise.cuh",
          "losses.cuh",
          "masks.cuh",
          "norms.cuh",
          "optimizers.cuh",
          "pools.cuh",
          "strict.cuh",
          "sums.cuh");

  private KernelSource() {}

  /** The text of a file. */
  public static String text(String file) {
    try (InputStream in = KernelSource.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks the kernels' source " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the kernels' source " + file, e);
    }
  }
}
