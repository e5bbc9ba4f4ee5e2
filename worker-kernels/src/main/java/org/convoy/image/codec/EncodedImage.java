package org.convoy.image.codec;

/**
 * An image file that was recognised and whose header is sound, before its pixels are decoded: its
 * size is known, and what decoding it will take.
 */
public final class EncodedImage {
  private final String name;
  private final Picture picture;

  EncodedImage(String name, Picture picture) {
    this.name = name;
    this.picture = picture;
  }

  /** What to call it in an error. */
  public String name() {
    return name;
  }

  /** Rows of the upright image. */
  public int height() {
    return picture.orientation().swapsSides() ? picture.width() : picture.height();
  }

  /** Pixels of a row of the upright image. */
  public int width() {
    return picture.orientation().swapsSides() ? picture.height() : picture.width();
  }

  /** Bytes of memory, native and on the heap, that decoding takes at most, the raster included. */
  public long decodingBytes() {
    long raster = 3L * picture.width() * picture.height();
    long turned = picture.orientation() == Orientation.UPRIGHT ? 0 : raster;
    return raster + turned + picture.scratchBytes();
  }

  Picture picture() {
    return picture;
  }
}
