package org.convoy.image.transform;

import java.util.Arrays;
import org.convoy.image.codec.PixelLimit;
import org.convoy.image.codec.Raster;

/**
 * Carries out placements on rasters, with two scratch images that it alternates between: what
 * {@link #apply} returns is good until the next call but one.
 */
public final class RasterEditor {
  private final Resampler resampler = new Resampler();
  private final Raster[] scratch = {new Raster(), new Raster()};
  private int last;

  /**
   * The image itself if the placement keeps it as it is, otherwise a scratch image. May mirror the
   * image in place.
   */
  public Raster apply(Placement placement, Raster image) {
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

  /** Whether what a placement makes, and makes on its way, is of an allowed size. */
  public static boolean allows(Placement placement) {
    return PixelLimit.allows(placement.outWidth(), placement.outHeight())
        && PixelLimit.allows(placement.width(), placement.height())
        && (!placement.scales() || Resampler.allows(placement.height(), placement.outWidth()));
  }

  /** Bytes that {@link #apply} takes at most for each channel of an image of this size. */
  public static long bytes(Placement placement, int imageHeight, int imageWidth) {
    if (placement.keeps(imageHeight, imageWidth)) {
      return 0;
    }
    boolean cuts = !placement.scales() || !placement.inside(imageHeight, imageWidth);
    long cut = cuts ? (long) placement.height() * placement.width() : 0;
    long scaled =
        placement.scales()
            ? (long) placement.outHeight() * placement.outWidth()
                + Resampler.bytes(placement.height(), placement.outWidth())
            : 0;
    return cut + scaled;
  }

  /** Gives all scratch memory back to the garbage collector. */
  public void release() {
    for (Raster each : scratch) {
      each.release();
    }
    resampler.release();
  }

  /** Releases what few images need. */
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
}
