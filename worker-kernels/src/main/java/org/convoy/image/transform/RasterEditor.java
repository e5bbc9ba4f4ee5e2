package org.convoy.image.transform;

import java.util.Arrays;
import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelLibrary;
import org.convoy.image.kernels.PixelPacking;

/**
 * The scratch memory of edits: two images, a resampler, and tables. It alternates between the
 * images, so an edit's result is valid until the second next edit. The memory is kept from image to
 * image. One editor serves one thread at a time.
 */
public final class RasterEditor implements AutoCloseable {
  private final Resampler resampler = new Resampler();
  private final Raster[] scratch = {new Raster(), new Raster()};
  private final byte[] mean;
  private final byte[] table = new byte[256];
  private final int[] counts = new int[256];
  private int last;

  /** Makes an editor of images that are normalised in this way afterwards. */
  public RasterEditor(Normalisation normalisation) {
    mean = normalisation.meanBytes();
  }

  /** The byte of each channel that normalisation brings nearest to zero. */
  byte[] mean() {
    return mean;
  }

  /** A byte for each byte value. The contents are undefined. */
  byte[] table() {
    return table;
  }

  /** A number for each byte value. The contents are undefined. */
  int[] counts() {
    return counts;
  }

  /** A scratch image of another image's shape, for its edited form. Its pixels are undefined. */
  Raster scratchFor(Raster image) {
    return next().reshape(image.height(), image.width(), image.channels());
  }

  /**
   * Applies a placement. Returns the image itself if the placement does not change its size or
   * window, otherwise a scratch image. May mirror the image in place.
   */
  Raster place(Placement placement, Raster image) {
    Raster result = image;
    boolean keeps = placement.keeps(image.height(), image.width());
    if (!keeps && placement.scales() && placement.inside(image.height(), image.width())) {
      result = scale(image, placement.top(), placement.left(), placement);
    } else if (!keeps) {
      result = cut(image, placement);
      if (placement.scales()) {
        result = scale(result, 0, 0, placement);
      }
    }
    if (placement.mirrored()) {
      mirror(result);
    }
    return result;
  }

  /** Applies a placement to an image that was decoded at a part of its size. */
  Raster place(ReducedPlacement placement, Raster image) {
    Raster out = next().reshape(placement.outHeight(), placement.outWidth(), image.channels());
    resampler.resample(image, placement, out);
    if (placement.mirrored()) {
      mirror(out);
    }
    return out;
  }

  /** Releases memory that only few images need. */
  public void releaseIfLarge() {
    for (Raster each : scratch) {
      each.releaseIfLarge();
    }
    resampler.releaseIfLarge();
  }

  private Raster scale(Raster image, int top, int left, Placement to) {
    Raster out = next().reshape(to.outHeight(), to.outWidth(), image.channels());
    resampler.resample(image, top, left, to.height(), to.width(), out);
    return out;
  }

  private Raster cut(Raster image, Placement window) {
    Raster out = next().reshape(window.height(), window.width(), image.channels());
    if (!window.inside(image.height(), image.width())) {
      Arrays.fill(out.pixels(), 0, out.size(), (byte) 0);
    }
    int left = Math.max(0, window.left());
    int right = Math.min(image.width(), window.left() + window.width());
    int bottom = Math.min(image.height(), window.top() + window.height());
    for (int y = Math.max(0, window.top()); y < bottom && left < right; y++) {
      System.arraycopy(
          image.pixels(),
          y * image.rowBytes() + left * image.channels(),
          out.pixels(),
          (y - window.top()) * out.rowBytes() + (left - window.left()) * out.channels(),
          (right - left) * image.channels());
    }
    return out;
  }

  private Raster next() {
    last = 1 - last;
    return scratch[last];
  }

  private static void mirror(Raster image) {
    if (PixelLibrary.isThere()) {
      PixelPacking.mirror(image.address(), image.height(), image.width(), image.channels());
      return;
    }
    byte[] pixels = image.pixels();
    int channels = image.channels();
    for (int y = 0; y < image.height(); y++) {
      int low = y * image.rowBytes();
      int high = low + image.rowBytes() - channels;
      for (; low < high; low += channels, high -= channels) {
        for (int c = 0; c < channels; c++) {
          byte kept = pixels[low + c];
          pixels[low + c] = pixels[high + c];
          pixels[high + c] = kept;
        }
      }
    }
  }

  @Override
  public void close() {
    for (Raster each : scratch) {
      each.close();
    }
    resampler.close();
  }
}
