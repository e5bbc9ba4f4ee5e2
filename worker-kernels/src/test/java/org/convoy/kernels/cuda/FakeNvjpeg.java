package org.convoy.kernels.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Something in the place of nvJPEG and of CUDA's driver, in the host's memory: it notes calls,
 * refuses handles that it has not given or has taken back, and does what is queued on a stream when
 * the stream is waited for. It shows in which order the library is called and what is freed, not
 * that the library does what its documentation says.
 */
public final class FakeNvjpeg {
  private static final int INVALID = 2;

  /** What comes of a file: pixels, or a status. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Outcome(byte[] pixels, int status) {}

  private final int major;
  private final int minor;
  private final Function<byte[], Outcome> pictures;
  private final List<String> calls = new ArrayList<>();
  private final Map<Long, Pointer> memory = new HashMap<>();
  private final Map<Long, String> handles = new HashMap<>();
  private final Map<Long, List<Runnable>> queues = new HashMap<>();
  private long next = 100;
  private long memoryLeft = Long.MAX_VALUE;

  /**
   * @param pictures what comes of a file's bytes
   */
  public FakeNvjpeg(int major, int minor, Function<byte[], Outcome> pictures) {
    this.major = major;
    this.minor = minor;
    this.pictures = pictures;
  }

  /** As it is opened. */
  public Nvjpeg open() {
    return new Nvjpeg(this::library, new CudaDriver(this::driver), 7);
  }

  /** Gives no more memory than this from now on. */
  public synchronized void limit(long bytes) {
    memoryLeft = bytes;
  }

  /** The functions that were called since the last time, in order. */
  public synchronized List<String> calls() {
    List<String> all = List.copyOf(calls);
    calls.clear();
    return all;
  }

  /** What was created and not destroyed, and memory that was not freed. */
  public synchronized List<String> left() {
    List<String> left = new ArrayList<>(handles.values());
    memory.keySet().forEach(address -> left.add("memory"));
    return left;
  }

  private int create(String what, long address) {
    handles.put(next, what);
    new LongPointer(Addresses.at(address)).put(next++);
    return 0;
  }

  private int destroy(String what, long handle) {
    return what.equals(handles.remove(handle)) ? 0 : INVALID;
  }

  private synchronized int library(String function, long... a) {
    calls.add(function);
    return switch (function) {
      case "nvjpegGetProperty" -> {
        new IntPointer(Addresses.at(a[1])).put(a[0] == 0 ? major : minor);
        yield 0;
      }
      case "nvjpegCreateEx" ->
          a[0] == 0 && a[1] == 0 && a[2] == 0 && a[3] == 32 ? create("library", a[4]) : INVALID;
      case "nvjpegDestroy" -> destroy("library", a[0]);
      case "nvjpegJpegStateCreate" -> is("library", a[0]) ? create("state", a[1]) : INVALID;
      case "nvjpegJpegStateDestroy" -> destroy("state", a[0]);
      case "nvjpegDecode" -> decode(a);
      default -> throw new UnsupportedOperationException(function);
    };
  }

  private boolean is(String what, long handle) {
    return what.equals(handles.get(handle));
  }

  private int decode(long[] a) {
    if (!is("library", a[0]) || !is("state", a[1]) || a[4] != 5 || !is("stream", a[6])) {
      return INVALID;
    }
    byte[] file = new byte[(int) a[3]];
    Addresses.at(a[2]).get(file);
    Outcome outcome = pictures.apply(file);
    LongPointer image = new LongPointer(Addresses.at(a[5]));
    long to = image.get(0);
    if (outcome.status() == 0
        && outcome.pixels().length % image.get(4) == 0
        && memory.containsKey(to)) {
      queue(a[6]).add(() -> Addresses.at(to).put(outcome.pixels(), 0, outcome.pixels().length));
      return 0;
    }
    return outcome.status() == 0 ? INVALID : outcome.status();
  }

  private List<Runnable> queue(long stream) {
    return queues.computeIfAbsent(stream, key -> new ArrayList<>());
  }

  private synchronized int driver(String function, long... a) {
    calls.add(function);
    return switch (function) {
      case "cuCtxSetCurrent" -> a[0] == 7 ? 0 : INVALID;
      case "cuStreamCreate" -> create("stream", a[0]);
      case "cuStreamDestroy_v2" -> destroy("stream", a[0]);
      case "cuMemAlloc_v2" -> allocate(a[0], a[1]);
      case "cuMemFree_v2" -> {
        Pointer.free(memory.remove(a[0]));
        yield 0;
      }
      case "cuMemcpy2DAsync_v2" -> {
        long[] copy = new long[16];
        new LongPointer(Addresses.at(a[0])).get(copy);
        queue(a[1]).add(() -> copy(copy));
        yield 0;
      }
      case "cuStreamSynchronize" -> {
        queue(a[0]).forEach(Runnable::run);
        queue(a[0]).clear();
        yield is("stream", a[0]) ? 0 : INVALID;
      }
      case "cuGetErrorName" -> {
        new LongPointer(Addresses.at(a[1])).put(0);
        yield 0;
      }
      default -> throw new UnsupportedOperationException(function);
    };
  }

  private int allocate(long address, long bytes) {
    if (bytes > memoryLeft) {
      return INVALID; // CUDA_ERROR_OUT_OF_MEMORY
    }
    Pointer block = Pointer.malloc(bytes);
    memory.put(block.address(), block);
    new LongPointer(Addresses.at(address)).put(block.address());
    return 0;
  }

  /** Of a CUDA_MEMCPY2D from the device to the host. */
  private void copy(long[] c) {
    boolean download = c[2] == 2 && memory.containsKey(c[4]) && c[9] == 1;
    if (!download || c[14] > c[13]) {
      throw new IllegalStateException("expected a copy of rows from the device to the host");
    }
    for (long row = 0; row < c[15]; row++) {
      BytePointer from = Addresses.at(c[4] + (c[1] + row) * c[6] + c[0]);
      Pointer.memcpy(Addresses.at(c[10] + (c[8] + row) * c[13] + c[7]), from, c[14]);
    }
  }
}
