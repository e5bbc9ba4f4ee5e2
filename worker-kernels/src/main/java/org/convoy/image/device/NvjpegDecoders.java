package org.convoy.image.device;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.convoy.image.codec.JpegReplacement;
import org.convoy.image.codec.JpegReplacementException;
import org.convoy.image.codec.Window;
import org.convoy.image.loader.JpegDecoders;
import org.convoy.kernels.cuda.Nvjpeg;

/**
 * JPEGs are decoded by nvJPEG on a GPU, and their pixels brought to the host. What it does not
 * decode is left to libjpeg-turbo, and counted.
 */
public final class NvjpegDecoders implements JpegDecoders, AutoCloseable {
  private final Nvjpeg library;
  private final LongAdder decoded = new LongAdder();
  private final LongAdder leftOut = new LongAdder();

  /**
   * @param library from now on owned by this object
   */
  public NvjpegDecoders(Nvjpeg library) {
    this.library = library;
  }

  /** The JPEGs that nvJPEG has decoded. */
  public long decoded() {
    return decoded.sum();
  }

  /** The JPEGs that were left to libjpeg-turbo. */
  public long leftOut() {
    return leftOut.sum();
  }

  /** The library's version. */
  public String version() {
    return library.version();
  }

  @Override
  public Optional<JpegReplacement> open() {
    return Optional.of(new OnGpu(library.decoder()));
  }

  /** To be called when the decoders of all threads are closed. */
  @Override
  public void close() {
    library.close();
  }

  /** A thread's decoder. */
  private final class OnGpu implements JpegReplacement {
    private final Nvjpeg.Decoder decoder;

    OnGpu(Nvjpeg.Decoder decoder) {
      this.decoder = decoder;
    }

    @Override
    public boolean decode(long file, long bytes, int height, int width, Window window, long out) {
      boolean done;
      try {
        done =
            decoder.decode(
                file,
                bytes,
                height,
                width,
                window.top(),
                window.left(),
                window.height(),
                window.width(),
                out);
      } catch (OutOfMemoryError | RuntimeException e) {
        throw new JpegReplacementException("nvJPEG failed: " + e.getMessage(), e);
      }
      if (done) {
        decoded.increment();
      }
      return done;
    }

    @Override
    public void leftOut() {
      leftOut.increment();
    }

    @Override
    public void close() {
      decoder.close();
    }
  }
}
