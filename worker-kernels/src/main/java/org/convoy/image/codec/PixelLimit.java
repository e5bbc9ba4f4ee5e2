package org.convoy.image.codec;

/** Keeps a small file that claims a huge image from taking the executor's memory. */
public final class PixelLimit {
  /** Twice Pillow's warning level: where Pillow, too, refuses. About 540 MB as 8-bit colour. */
  public static final long MAX_PIXELS = 178_956_970;

  private PixelLimit() {}

  /** Whether an image of this size is allowed. Sides are at least 1. */
  public static boolean allows(long width, long height) {
    return height <= MAX_PIXELS / width;
  }

  static void check(long width, long height) throws RefusalException {
    if (width < 1 || height < 1) {
      throw new RefusalException("an image of " + width + "x" + height + " pixels");
    }
    if (!allows(width, height)) {
      throw new RefusalException(
          width + "x" + height + " pixels, more than the " + MAX_PIXELS + " allowed");
    }
  }
}
