package org.convoy.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.convoy.kernels.cudnn.CudnnBackend;
import org.convoy.kernels.nd4j.Nd4jBackend;
import org.convoy.kernels.onednn.OnednnBackend;

/**
 * The registry: every backend by name. Some cannot compute on every machine, see {@link
 * Backend#unavailable}. A new backend adds one line here.
 */
public final class Backends {
  private static final Map<String, Backend> ALL = new LinkedHashMap<>();

  static {
    register(new OnednnBackend());
    register(new Nd4jBackend());
    register(new CudnnBackend());
  }

  private Backends() {}

  /** Adds a backend, or puts one in the place of another of its name. */
  static void register(Backend backend) {
    ALL.put(backend.name(), backend);
  }

  /**
   * Chooses the GPU of this process, before it computes on one.
   *
   * @param ordinal among those that the process sees, from 0
   */
  public static void useGpu(int ordinal) {
    System.setProperty(CudnnBackend.ORDINAL, Integer.toString(ordinal));
  }

  /** Every backend. */
  public static List<Backend> all() {
    return List.copyOf(ALL.values());
  }

  /**
   * The backend of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the existing ones
   */
  public static Backend get(String name) {
    Backend backend = ALL.get(name);
    if (backend == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no backend is named %s; there are %s",
              name,
              String.join(", ", ALL.keySet())));
    }
    return backend;
  }
}
