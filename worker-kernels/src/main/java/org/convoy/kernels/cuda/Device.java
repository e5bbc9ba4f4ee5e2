package org.convoy.kernels.cuda;

import org.bytedeco.javacpp.Pointer;

/**
 * Something that has memory of its own and runs Convoy's kernels. What is asked of it happens in
 * the order in which it is asked; launches return before they are done.
 *
 * <p>One thread uses it at a time. Every method throws {@link IllegalStateException} if the device
 * reports an error; the message names the call.
 */
public interface Device extends AutoCloseable {

  /** A recorded sequence of launches. */
  interface Recording extends AutoCloseable {
    /** Launches all of it. */
    void replay();

    @Override
    void close();
  }

  /** A copy that may not have arrived yet. */
  interface Arrival extends AutoCloseable {
    /** Waits for it. */
    void await();

    @Override
    void close();
  }

  /** For example {@code NVIDIA H100 80GB HBM3}. */
  String name();

  /** The processor's generation, for example {@code sm_90}. */
  String architecture();

  /** The version of what compiles and runs kernels, for example {@code CUDA 13.0}. */
  String version();

  /** All memory of the device. */
  long memoryBytes();

  /**
   * Allocates memory, at a multiple of 256 bytes.
   *
   * @throws OutOfMemoryError if it cannot be had; the message has the bytes
   */
  long allocate(long bytes);

  void free(long address);

  /** Copies from the host. The host's memory may be changed when it returns. */
  void upload(long to, Pointer from, long bytes);

  /**
   * Queues a copy from the host in the order of launches. The host's memory must not change until
   * what was launched so far is known to be done.
   */
  void uploadBeside(long to, Pointer from, long bytes);

  /** Copies to the host, after everything that was launched before. */
  void download(Pointer to, long from, long bytes);

  /**
   * Begins a copy to the host, which follows everything that was launched before, and runs beside
   * what is launched later.
   */
  Arrival downloadBeside(Pointer to, long from, long bytes);

  /**
   * Prepares memory of the host for fast copies, until {@link #unpin}.
   *
   * @return false if somebody else has prepared it already
   */
  boolean pin(Pointer memory, long bytes);

  void unpin(Pointer memory);

  /** Sets bytes to zero. */
  void clear(long address, long bytes);

  /**
   * A kernel of {@code src/main/cuda}.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  long kernel(String name);

  void launch(long kernel, Arguments arguments);

  /** Records what {@code launches} launches, without running it. */
  Recording record(Runnable launches);

  /** Waits for everything. */
  void finish();

  /** The stream of the launches, for libraries that launch kernels of their own. */
  long stream();

  @Override
  void close();
}
