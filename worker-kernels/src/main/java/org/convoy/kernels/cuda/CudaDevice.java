package org.convoy.kernels.cuda;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * One GPU. Launches and copies are queued on one stream; downloads that run beside later launches
 * use a second one, which an event keeps behind what was launched before.
 */
public final class CudaDevice implements Device {
  /** Indices per block, as {@code device.cuh} has it. */
  private static final int THREADS = 256;

  /** {@code CU_STREAM_NON_BLOCKING}: nothing is ordered by the default stream. */
  private static final int NON_BLOCKING = 1;

  /** {@code CU_EVENT_DISABLE_TIMING}. */
  private static final int UNTIMED = 2;

  /** {@code CU_STREAM_CAPTURE_MODE_THREAD_LOCAL}. */
  private static final int THREAD_LOCAL = 1;

  private final CudaDriver driver;
  private final int ordinal;
  private final long context;
  private final long stream;
  private final long copies;
  private final long module;
  private final Map<String, Long> kernels = new ConcurrentHashMap<>();

  private CudaDevice(CudaDriver driver, int ordinal) {
    this.driver = driver;
    this.ordinal = ordinal;
    this.context = driver.handle("cuDevicePrimaryCtxRetain", ordinal);
    driver.check("cuCtxSetCurrent", context);
    this.stream = driver.handle("cuStreamCreate", NON_BLOCKING);
    this.copies = driver.handle("cuStreamCreate", NON_BLOCKING);
    byte[] code = Nvrtc.open().compile(driver.architecture(ordinal));
    try (BytePointer image = new BytePointer(code)) {
      this.module = driver.handle("cuModuleLoadData", image.address());
    }
  }

  /**
   * Opens a GPU and compiles the kernels for it.
   *
   * @param ordinal among those that the process sees, from 0
   * @throws UnsupportedOperationException if the machine lacks the GPU, the driver or the compiler;
   *     the message says what
   */
  public static CudaDevice open(int ordinal) {
    CudaDriver driver = CudaDriver.open();
    if (ordinal < 0 || ordinal >= driver.devices()) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT, "expected GPU %d, but the process sees %d", ordinal, driver.devices()));
    }
    return new CudaDevice(driver, ordinal);
  }

  @Override
  public String name() {
    return driver.name(ordinal);
  }

  @Override
  public String architecture() {
    return driver.architecture(ordinal);
  }

  @Override
  public String version() {
    return "CUDA " + driver.version();
  }

  @Override
  public long memoryBytes() {
    return driver.memoryBytes(ordinal);
  }

  @Override
  public long allocate(long bytes) {
    return here().allocate(Math.max(1, bytes));
  }

  @Override
  public void free(long address) {
    finish();
    here().check("cuMemFree_v2", address);
  }

  @Override
  public void upload(long to, Pointer from, long bytes) {
    if (bytes > 0) {
      uploadBeside(to, from, bytes);
      driver.check("cuStreamSynchronize", stream);
    }
  }

  @Override
  public void uploadBeside(long to, Pointer from, long bytes) {
    if (bytes > 0) {
      here().check("cuMemcpyHtoDAsync_v2", to, from.address(), bytes, stream);
    }
  }

  @Override
  public void download(Pointer to, long from, long bytes) {
    if (bytes > 0) {
      here().check("cuMemcpyDtoHAsync_v2", to.address(), from, bytes, stream);
      here().check("cuStreamSynchronize", stream);
    }
  }

  @Override
  public Arrival downloadBeside(Pointer to, long from, long bytes) {
    long before = here().handle("cuEventCreate", UNTIMED);
    driver.check("cuEventRecord", before, stream);
    driver.check("cuStreamWaitEvent", copies, before, 0);
    driver.check("cuEventDestroy_v2", before);
    if (bytes > 0) {
      driver.check("cuMemcpyDtoHAsync_v2", to.address(), from, bytes, copies);
    }
    long arrived = driver.handle("cuEventCreate", UNTIMED);
    driver.check("cuEventRecord", arrived, copies);
    return new Arrival() {
      @Override
      public void await() {
        here().check("cuEventSynchronize", arrived);
      }

      @Override
      public void close() {
        here().check("cuEventDestroy_v2", arrived);
      }
    };
  }

  @Override
  public boolean pin(Pointer memory, long bytes) {
    return bytes > 0 && here().pin(memory.address(), bytes);
  }

  @Override
  public void unpin(Pointer memory) {
    here().check("cuMemHostUnregister", memory.address());
  }

  @Override
  public void clear(long address, long bytes) {
    if (bytes > 0) {
      here().check("cuMemsetD8Async", address, 0, bytes, stream);
    }
  }

  @Override
  public long kernel(String name) {
    return kernels.computeIfAbsent(
        name,
        key -> {
          try (BytePointer text = new BytePointer(key)) {
            return here().handle("cuModuleGetFunction", module, text.address());
          } catch (IllegalStateException e) {
            throw new IllegalArgumentException("no kernel is named " + key, e);
          }
        });
  }

  @Override
  public void launch(long kernel, Arguments arguments) {
    long blocks = (arguments.count() + THREADS - 1) / THREADS;
    if (blocks == 0) {
      return;
    }
    // The driver copies the arguments before it returns.
    try (LongPointer parameters = new LongPointer(1)) {
      parameters.put(arguments.address());
      here()
          .check(
              "cuLaunchKernel",
              kernel,
              blocks,
              1,
              1,
              THREADS,
              1,
              1,
              0,
              stream,
              parameters.address(),
              0);
    }
  }

  @Override
  public Recording record(Runnable launches) {
    here().check("cuStreamBeginCapture_v2", stream, THREAD_LOCAL);
    long graph;
    try {
      launches.run();
    } finally {
      // Ends the capture in any case: the stream cannot be used before.
      try (LongPointer result = new LongPointer(1)) {
        driver.check("cuStreamEndCapture", stream, result.address());
        graph = result.get();
      }
    }
    long executable = driver.handle("cuGraphInstantiateWithFlags", graph, 0);
    driver.check("cuGraphDestroy", graph);
    return new Recording() {
      @Override
      public void replay() {
        here().check("cuGraphLaunch", executable, stream);
      }

      @Override
      public void close() {
        finish();
        here().check("cuGraphExecDestroy", executable);
      }
    };
  }

  @Override
  public void finish() {
    here().check("cuStreamSynchronize", stream);
    driver.check("cuStreamSynchronize", copies);
  }

  @Override
  public long stream() {
    return stream;
  }

  /** The library nvJPEG on this GPU. */
  Nvjpeg nvjpeg(ForeignFunctions library) {
    return new Nvjpeg(library, driver, context);
  }

  /** The driver, with this GPU as the calling thread's. */
  private CudaDriver here() {
    driver.check("cuCtxSetCurrent", context);
    return driver;
  }

  @Override
  public void close() {
    finish();
    driver.check("cuModuleUnload", module);
    driver.check("cuStreamDestroy_v2", stream);
    driver.check("cuStreamDestroy_v2", copies);
    driver.check("cuDevicePrimaryCtxRelease_v2", ordinal);
  }
}
