package org.convoy.kernels;

import java.util.List;
import java.util.stream.Stream;
import org.convoy.kernels.cudnn.Emulated;

/**
 * The backends that can be tested here: those of the registry that compute on this machine, and
 * where there is no GPU the backend for it on the host.
 */
public final class TestedBackends {
  private TestedBackends() {}

  /** All that can compute small cases. */
  public static List<Backend> all() {
    boolean gpu = Backends.get("cudnn").unavailable().isEmpty();
    Stream<Backend> emulated = gpu ? Stream.empty() : Stream.of(Emulated.upwards());
    return Stream.concat(registered().stream(), emulated)
        .filter(backend -> backend.unavailable().isEmpty())
        .toList();
  }

  /** Those that are fast enough for whole networks. */
  public static List<Backend> registered() {
    return Backends.all().stream().filter(backend -> backend.unavailable().isEmpty()).toList();
  }
}
