package org.convoy.kernels;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How {@link Backend#choose} works.
 *
 * @param budget time after which kernels that were not timed yet take the backend's rule
 * @param memory a folder that keeps what was timed, one file a processor and number of threads;
 *     empty to keep it in this process alone. A folder that cannot be written is ignored.
 */
public record Tuning(Duration budget, Optional<Path> memory) {
  /** Long enough for the networks of the registry on a few cores; with compiling under 10 s. */
  private static final Duration BUDGET = Duration.ofSeconds(7);

  /** In this process alone. */
  public static Tuning forgetful() {
    return new Tuning(BUDGET, Optional.empty());
  }

  /**
   * With what this user's processes timed on this machine before, in the folder that the system
   * property {@code convoy.cache} names, else in {@code .cache/convoy} of the user's home.
   */
  public static Tuning standard() {
    Path home = Path.of(System.getProperty("user.home", "."));
    String folder =
        System.getProperty("convoy.cache", home.resolve(".cache").resolve("convoy").toString());
    return new Tuning(BUDGET, Optional.of(Path.of(folder)));
  }
}
