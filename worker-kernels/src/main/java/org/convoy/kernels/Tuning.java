package org.convoy.kernels;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of {@link Backend#choose}.
 *
 * @param budget the time after which kernels that were not timed yet use the backend's rule
 * @param memory a folder that keeps the times, with one file per processor and number of threads;
 *     empty to keep them only in this process. A folder that cannot be written is ignored.
 */
public record Tuning(Duration budget, Optional<Path> memory) {
  /**
   * Long enough for the networks of the registry on a few cores; with compiling it takes less than
   * 10 s.
   */
  private static final Duration BUDGET = Duration.ofSeconds(7);

  /** Keeps times only in this process. */
  public static Tuning forgetful() {
    return new Tuning(BUDGET, Optional.empty());
  }

  /**
   * Reuses earlier times of this user's processes on this machine. They are in the folder that the
   * system property {@code convoy.cache} names, by default in {@code .cache/convoy} of the user's
   * home.
   */
  public static Tuning standard() {
    Path home = Path.of(System.getProperty("user.home", "."));
    String folder =
        System.getProperty("convoy.cache", home.resolve(".cache").resolve("convoy").toString());
    return new Tuning(BUDGET, Optional.of(Path.of(folder)));
  }
}
