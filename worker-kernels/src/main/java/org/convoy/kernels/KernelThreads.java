package org.convoy.kernels;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

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

  /**
   * Does something as if kernels ran on so many threads: a plan that is compiled so states the
   * memory that it takes on them. The rest of the process keeps its number.
   */
  public static <T> T as(int threads, Supplier<T> work) {
    // OpenMP keeps the number by thread; one of its own takes it to its end.
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread other =
        new Thread(
            () -> {
              try {
                Nd4j.getBackend(); // Loads what the next line needs.
                NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
                result.complete(work.get());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "convoy-as-" + threads + "-threads");
    other.setDaemon(true);
    other.start();
    return result.join();
  }
}
