package org.convoy.image.codec;

/** Keeps a small file that claims a huge image from taking the executor's memory. */
public final class PixelLimit {
  /** Twice Pillow's warning level, where Pillow also refuses. About 540 MB as 8-bit colour. */
  public static final long MAX_PIXELS = 178_956_970;

  /** Pixels that a file of any length may claim: about as many as the largest cameras take. */
  private static final long ANY_PIXELS = 1 << 24;

  /** More pixels per byte than deflate can reach in a picture of one bit per pixel. */
  private static final long MAX_PIXELS_OF_A_BYTE = 1 << 14;

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

  /** Refuses a large picture that a file of a few bytes claims to hold. */
  static void checkBytes(long width, long height, long bytes) throws RefusalException {
    long pixels = width * height;
    if (pixels > ANY_PIXELS && pixels / MAX_PIXELS_OF_A_BYTE > bytes) {
      throw new RefusalException(
          bytes + " bytes are too few for " + width + "x" + height + " pixels");
    }
  }
}
