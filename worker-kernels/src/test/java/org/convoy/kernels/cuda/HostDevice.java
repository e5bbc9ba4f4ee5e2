package org.convoy.kernels.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;

/**
 * The host in the place of a GPU: its memory, and Convoy's kernels compiled for it. It shows that
 * kernels compute what they should and that a plan launches them in the right order, on the right
 * memory. It does not show that the driver, NVRTC or cuDNN do what is expected of them, nor
 * anything of speed.
 *
 * <p>Several threads may share it, as executors on threads of a test do.
 *
 * <p>Fresh memory is full of NaN, and so is all memory behind what was asked for, up to a guard.
 */
public final class HostDevice implements Device {
  private static final int NAN_BYTE = 0xFF;
  private static final long GUARD = 256;

  private final ForeignLibrary library;
  private final List<String> kernels = new ArrayList<>();
  private final Set<String> launched = new HashSet<>();
  private final Map<Long, Pointer> blocks = new HashMap<>();
  private final AtomicInteger replays = new AtomicInteger();

  /**
   * @param backwards whether kernels run from the last index to the first
   */
  public HostDevice(boolean backwards) {
    HostKernels.missing()
        .ifPresent(
            reason -> {
              throw new UnsupportedOperationException(reason);
            });
    this.library = HostKernels.compile(backwards);
  }

  @Override
  public String name() {
    return "the host";
  }

  @Override
  public String architecture() {
    return "host";
  }

  @Override
  public String version() {
    return "no CUDA";
  }

  @Override
  public long memoryBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public synchronized long allocate(long bytes) {
    Pointer block = Pointer.malloc(bytes + 2 * GUARD);
    Pointer.memset(block, NAN_BYTE, bytes + 2 * GUARD);
    long address = (block.address() + GUARD - 1) / GUARD * GUARD;
    blocks.put(address, block);
    return address;
  }

  @Override
  public synchronized void free(long address) {
    Pointer.free(blocks.remove(address));
  }

  @Override
  public void upload(long to, Pointer from, long bytes) {
    Pointer.memcpy(Addresses.at(to), from, bytes);
  }

  @Override
  public void uploadBeside(long to, Pointer from, long bytes) {
    upload(to, from, bytes);
  }

  @Override
  public void download(Pointer to, long from, long bytes) {
    Pointer.memcpy(to, Addresses.at(from), bytes);
  }

  @Override
  public Arrival downloadBeside(Pointer to, long from, long bytes) {
    download(to, from, bytes);
    return new Arrival() {
      @Override
      public void await() {}

      @Override
      public void close() {}
    };
  }

  @Override
  public boolean pin(Pointer memory, long bytes) {
    return true;
  }

  @Override
  public void unpin(Pointer memory) {}

  @Override
  public void clear(long address, long bytes) {
    // What a program reads it has written before: it would read NaN otherwise.
  }

  @Override
  public synchronized long kernel(String name) {
    if (!library.has(name)) {
      throw new IllegalArgumentException("no kernel is named " + name);
    }
    int known = kernels.indexOf(name);
    if (known < 0) {
      kernels.add(name);
    }
    return known < 0 ? kernels.size() - 1 : known;
  }

  /** Whether a kernel has been launched since {@link #forgetLaunches}. */
  public synchronized boolean launched(String name) {
    return launched.contains(name);
  }

  /** Forgets which kernels have been launched. */
  public synchronized void forgetLaunches() {
    launched.clear();
  }

  private synchronized String launching(long kernel) {
    String name = kernels.get((int) kernel);
    launched.add(name);
    return name;
  }

  @Override
  public void launch(long kernel, Arguments arguments) {
    library.call(launching(kernel), arguments.address());
  }

  @Override
  public Recording record(Runnable launches) {
    return new Recording() {
      @Override
      public void replay() {
        replays.incrementAndGet();
        launches.run();
      }

      @Override
      public void close() {}
    };
  }

  /** How often something recorded was launched. */
  public int replays() {
    return replays.get();
  }

  @Override
  public void finish() {}

  @Override
  public long stream() {
    return 0;
  }

  @Override
  public void close() {
    blocks.values().forEach(Pointer::free);
    blocks.clear();
  }
}
