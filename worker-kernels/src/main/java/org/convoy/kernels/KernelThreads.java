package org.convoy.kernels;

/** The threads that kernels run on. */
public final class KernelThreads {
  private KernelThreads() {}

  /**
   * OpenMP's number of threads, which it reads from the environment when it is loaded: at least 1.
   */
  public static int count() {
    String set = System.getenv("OMP_NUM_THREADS");
    return set != null && set.matches("[1-9]\\d{0,3}")
        ? Integer.parseInt(set)
        : Runtime.getRuntime().availableProcessors();
  }
}
