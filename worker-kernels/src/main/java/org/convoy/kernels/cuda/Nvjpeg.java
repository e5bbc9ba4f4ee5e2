package org.convoy.kernels.cuda;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;

/**
 * NVIDIA's nvJPEG, which decodes JPEGs on a GPU. The library is the machine's own and is opened by
 * name. Each thread has a {@link Decoder}; the library is open until all are closed.
 */
public final class Nvjpeg implements AutoCloseable {
  private static final List<String> NAMES = List.of("libnvjpeg.so.13", "libnvjpeg.so.12");

  /** The first version that interpolates chroma as libjpeg-turbo does: 12.1. */
  private static final int OLDEST_MAJOR = 12;

  private static final int OLDEST_MINOR = 1;

  /** {@code MAJOR_VERSION} and {@code MINOR_VERSION} of {@code libraryPropertyType}. */
  private static final int MAJOR = 0;

  private static final int MINOR = 1;

  /** {@code NVJPEG_BACKEND_DEFAULT}. */
  private static final int DEFAULT_BACKEND = 0;

  /** {@code NVJPEG_FLAGS_UPSAMPLING_WITH_INTERPOLATION}. */
  private static final int INTERPOLATING = 32;

  /** {@code NVJPEG_OUTPUT_RGBI}: three bytes a pixel, one behind the other. */
  private static final int INTERLEAVED = 5;

  /** {@code NVJPEG_MAX_COMPONENT}. */
  private static final int COMPONENTS = 4;

  private static final int CHANNELS = 3;

  /** {@code CU_STREAM_NON_BLOCKING}. */
  private static final int NON_BLOCKING = 1;

  /** {@code CU_MEMORYTYPE_HOST} and {@code CU_MEMORYTYPE_DEVICE}. */
  private static final long ON_HOST = 1;

  private static final long ON_DEVICE = 2;

  /**
   * What says that a file is not for the library, and nothing of the GPU: {@code BAD_JPEG}, {@code
   * JPEG_NOT_SUPPORTED}, {@code IMPLEMENTATION_NOT_SUPPORTED}, {@code INCOMPLETE_BITSTREAM}.
   */
  private static final Set<Integer> REFUSALS = Set.of(3, 4, 9, 10);

  private final ForeignFunctions library;
  private final CudaDriver driver;
  private final long context;
  private final String version;
  private final long handle;

  /**
   * @throws UnsupportedOperationException if the library is too old
   */
  Nvjpeg(ForeignFunctions library, CudaDriver driver, long context) {
    this.library = library;
    this.driver = driver;
    this.context = context;
    int major = property(MAJOR);
    int minor = property(MINOR);
    this.version = major + "." + minor;
    if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "nvJPEG is %s: expected %d.%d or newer",
              version,
              OLDEST_MAJOR,
              OLDEST_MINOR));
    }
    driver.check("cuCtxSetCurrent", context);
    try (LongPointer result = new LongPointer(1)) {
      check("nvjpegCreateEx", DEFAULT_BACKEND, 0, 0, INTERPOLATING, result.address());
      this.handle = result.get();
    }
  }

  /**
   * Opens the library for a GPU.
   *
   * @throws UnsupportedOperationException if the machine has none, or an older one, or the device
   *     is not a GPU of NVIDIA's
   */
  public static Nvjpeg open(Device device) {
    if (device instanceof CudaDevice gpu) {
      ForeignLibrary found =
          ForeignLibrary.open("NVIDIA's nvJPEG, 12 or 13, of the CUDA toolkit,", NAMES);
      return gpu.nvjpeg(found::call);
    }
    throw new UnsupportedOperationException("nvJPEG needs a GPU of NVIDIA's, got " + device.name());
  }

  private int property(int which) {
    try (IntPointer value = new IntPointer(1)) {
      check("nvjpegGetProperty", which, value.address());
      return value.get();
    }
  }

  /** For example {@code 12.4}. */
  public String version() {
    return version;
  }

  /** A decoder for the calling thread. */
  public Decoder decoder() {
    return new Decoder();
  }

  private void check(String function, long... arguments) {
    require(function, library.call(function, arguments));
  }

  private static void require(String function, int status) {
    if (status != 0) {
      throw new IllegalStateException(function + " returned status " + status);
    }
  }

  @Override
  public void close() {
    driver.check("cuCtxSetCurrent", context);
    check("nvjpegDestroy", handle);
  }

  /**
   * What one thread decodes with: a state of the library's, a stream, and memory of the GPU for the
   * largest picture so far.
   */
  public final class Decoder implements AutoCloseable {
    private final long state;
    private final long stream;
    private final LongPointer image = new LongPointer(2 * COMPONENTS);
    private final LongPointer copy = new LongPointer(16);
    private long pixels;
    private long bytes;

    private Decoder() {
      driver.check("cuCtxSetCurrent", context);
      try (LongPointer result = new LongPointer(1)) {
        Nvjpeg.this.check("nvjpegJpegStateCreate", handle, result.address());
        this.state = result.get();
      }
      this.stream = driver.handle("cuStreamCreate", NON_BLOCKING);
    }

    /**
     * Decodes a picture of three components, and brings a window of it to the host.
     *
     * @param file address of the file
     * @param length of the file
     * @param height of the whole picture
     * @param width of the whole picture
     * @param out address of {@code rows * columns * 3} bytes
     * @return false if the library does not decode this file; then nothing was written
     * @throws OutOfMemoryError if the GPU has no memory left for the picture
     * @throws IllegalStateException if the GPU or the library fails
     */
    public boolean decode(
        long file,
        long length,
        int height,
        int width,
        int top,
        int left,
        int rows,
        int columns,
        long out) {
      driver.check("cuCtxSetCurrent", context);
      long rowBytes = (long) width * CHANNELS;
      reserve(rowBytes * height);
      for (int component = 0; component < COMPONENTS; component++) {
        image.put(component, component == 0 ? pixels : 0);
        image.put(COMPONENTS + component, component == 0 ? rowBytes : 0);
      }
      int status =
          library.call(
              "nvjpegDecode", handle, state, file, length, INTERLEAVED, image.address(), stream);
      if (REFUSALS.contains(status)) {
        return false;
      }
      require("nvjpegDecode", status);
      copyWindow(rowBytes, top, left, rows, columns, out);
      return true;
    }

    private void reserve(long needed) {
      if (needed > bytes) {
        free();
        pixels = driver.allocate(needed);
        bytes = needed;
      }
    }

    /** By a {@code CUDA_MEMCPY2D}, whose 16 members take eight bytes each. */
    private void copyWindow(long rowBytes, int top, int left, int rows, int columns, long out) {
      long outRow = (long) columns * CHANNELS;
      long[] from = {(long) left * CHANNELS, top, ON_DEVICE, 0, pixels, 0, rowBytes};
      long[] to = {0, 0, ON_HOST, out, 0, 0, outRow};
      long[] size = {outRow, rows};
      copy.position(0).put(from, 0, from.length);
      copy.position(from.length).put(to, 0, to.length);
      copy.position(from.length + to.length).put(size, 0, size.length);
      copy.position(0);
      driver.check("cuMemcpy2DAsync_v2", copy.address(), stream);
      driver.check("cuStreamSynchronize", stream);
    }

    private void free() {
      if (bytes > 0) {
        driver.check("cuMemFree_v2", pixels);
        bytes = 0;
      }
    }

    @Override
    public void close() {
      driver.check("cuCtxSetCurrent", context);
      driver.check("cuStreamSynchronize", stream);
      free();
      Nvjpeg.this.check("nvjpegJpegStateDestroy", state);
      driver.check("cuStreamDestroy_v2", stream);
      image.close();
      copy.close();
    }
  }
}
