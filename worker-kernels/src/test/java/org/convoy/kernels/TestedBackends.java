package org.convoy.kernels;

import java.util.List;
import java.util.stream.Stream;
import org.convoy.kernels.cudnn.Emulated;

/**
 * The backends that can be tested here: those of the registry that compute on this machine, and
 * where there is no GPU the backend for it on the host. The system property {@code convoy.tested}
 * names one backend of the registry, which alone is tested then.
 */
public final class TestedBackends {
  private static final String ONLY = System.getProperty("convoy.tested", "");

  private TestedBackends() {}

  /** Whether one backend alone is tested. */
  static boolean onlyOne() {
    return !ONLY.isEmpty();
  }

  /** All that can compute small cases. */
  public static List<Backend> all() {
    if (!ONLY.isEmpty() || Backends.get("cudnn").unavailable().isEmpty()) {
      return registered();
    }
    return Stream.concat(registered().stream(), Stream.of(Emulated.upwards()))
        .filter(backend -> backend.unavailable().isEmpty())
        .toList();
  }

  /** Those that are fast enough for whole networks. */
  public static List<Backend> registered() {
    if (!ONLY.isEmpty()) {
      Backend only = Backends.get(ONLY);
      only.unavailable()
          .ifPresent(
              reason -> {
                throw new IllegalStateException(reason);
              });
      return List.of(only);
    }
    return Backends.all().stream().filter(backend -> backend.unavailable().isEmpty()).toList();
  }
}
