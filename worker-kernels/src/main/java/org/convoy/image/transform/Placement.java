package org.convoy.image.transform;

import org.convoy.image.codec.PixelLimit;
import org.convoy.image.codec.Raster;
import org.convoy.image.codec.Window;

/**
 * Cuts the window (top, left, height, width), in which places outside the image are black. Scales
 * it to (outHeight, outWidth), then mirrors it left to right if {@code mirrored} is set. All
 * numbers are in pixels.
 */
public record Placement(
    int top, int left, int height, int width, int outHeight, int outWidth, boolean mirrored)
    implements Edit {

  public Placement {
    if (height < 1 || width < 1 || outHeight < 1 || outWidth < 1) {
      throw new IllegalArgumentException(
          "expected sizes of at least 1, got window "
              + height
              + "x"
              + width
              + " to "
              + outHeight
              + "x"
              + outWidth);
    }
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    return editor.place(this, image);
  }

  @Override
  public int heightAfter(int before) {
    return outHeight;
  }

  @Override
  public int widthAfter(int before) {
    return outWidth;
  }

  @Override
  public boolean allowed() {
    return PixelLimit.allows(outWidth, outHeight)
        && PixelLimit.allows(width, height)
        && (!scales() || Resampler.allows(height, outWidth));
  }

  @Override
  public long bytes(int imageHeight, int imageWidth) {
    if (keeps(imageHeight, imageWidth)) {
      return 0;
    }
    boolean cuts = !scales() || !inside(imageHeight, imageWidth);
    long cut = cuts ? (long) height * width : 0;
    long scaled = scales() ? (long) outHeight * outWidth + Resampler.bytes(height, outWidth) : 0;
    // A result lies on the Java heap and in native memory, if code of both kinds needs it.
    return 2 * (cut + scaled);
  }

  /**
   * The part of an image of this size that is needed; the whole image if the window is partly
   * outside.
   */
  public Window window(int imageHeight, int imageWidth) {
    return inside(imageHeight, imageWidth)
        ? new Window(top, left, height, width)
        : new Window(0, 0, imageHeight, imageWidth);
  }

  /**
   * The most by which an image of this size may be divided and still has enough pixels in the
   * window: 1, 2, 4 or 8. It is 1 if the window is partly outside the image.
   */
  public int divisor(int imageHeight, int imageWidth) {
    int divisor = 1;
    while (inside(imageHeight, imageWidth)
        && divisor < 8
        && height >= 2 * divisor * outHeight
        && width >= 2 * divisor * outWidth) {
      divisor *= 2;
    }
    return divisor;
  }

  /** The same placement on an image that is decoded at a part of its size. */
  public ReducedPlacement reduced(int divisor) {
    return ReducedPlacement.of(this, divisor);
  }

  /** The placement that does the same to a part of the image. */
  public Placement within(Window part) {
    return new Placement(
        top - part.top(), left - part.left(), height, width, outHeight, outWidth, mirrored);
  }

  /** The image as it is. */
  static Placement whole(int height, int width) {
    return new Placement(0, 0, height, width, height, width, false);
  }

  /** A window at its own scale. */
  static Placement window(int top, int left, int height, int width) {
    return new Placement(top, left, height, width, height, width, false);
  }

  /** The same window brought to another size. */
  Placement scaledTo(int newHeight, int newWidth) {
    return new Placement(top, left, height, width, newHeight, newWidth, mirrored);
  }

  /** Whether it moves no pixel of this image, except left to right. */
  public boolean onlyMirrors(Raster image) {
    return keeps(image.height(), image.width());
  }

  /** Whether the window is the whole of an image of this size, at its own scale. */
  boolean keeps(int imageHeight, int imageWidth) {
    return covers(imageHeight, imageWidth) && !scales();
  }

  /** Whether the window is the whole image. */
  boolean covers(int imageHeight, int imageWidth) {
    return top == 0 && left == 0 && height == imageHeight && width == imageWidth;
  }

  /** Whether the window lies inside the image. */
  boolean inside(int imageHeight, int imageWidth) {
    return top >= 0 && left >= 0 && top + height <= imageHeight && left + width <= imageWidth;
  }

  boolean scales() {
    return height != outHeight || width != outWidth;
  }
}
