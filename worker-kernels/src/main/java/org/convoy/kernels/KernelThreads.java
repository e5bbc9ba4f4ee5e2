package org.convoy.kernels;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The number of threads that kernels run on. */
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

  /**
   * Runs work as if kernels had this number of threads. A plan that is compiled in it states its
   * memory for that number. The rest of the process keeps its own number. What the work throws is
   * thrown here.
   */
  public static <T> T as(int threads, Supplier<T> work) {
    // OpenMP keeps the number for each thread. A thread made for this work ends with it.
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread other =
        new Thread(
            () -> {
              try {
                Nd4j.getBackend(); // Loads the library that the next line needs.
                NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
                result.complete(work.get());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "convoy-as-" + threads + "-threads");
    other.setDaemon(true);
    other.start();
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }
}
