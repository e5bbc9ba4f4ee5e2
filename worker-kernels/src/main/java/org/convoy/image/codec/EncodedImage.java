package org.convoy.image.codec;

/**
 * An image file with a recognised format and a valid header, before its pixels are decoded. Its
 * size and the memory for decoding are known.
 */
public final class EncodedImage {
  private final String name;
  private final Picture picture;

  EncodedImage(String name, Picture picture) {
    this.name = name;
    this.picture = picture;
  }

  /** Its name in error messages. */
  public String name() {
    return name;
  }

  /** Rows of the upright image. */
  public int height() {
    return picture.orientation().swapsSides() ? picture.width() : picture.height();
  }

  /** Pixels per row of the upright image. */
  public int width() {
    return picture.orientation().swapsSides() ? picture.height() : picture.width();
  }

  /**
   * Whether a window of it can be decoded without the rest: of an upright JPEG, where there is
   * native code for it.
   */
  public boolean decodesWindows() {
    return picture.orientation() == Orientation.UPRIGHT && picture.decodesWindows();
  }

  /**
   * The most bytes of memory, native and on the heap, that decoding takes, including the raster,
   * which may have to be in both.
   */
  public long decodingBytes() {
    long raster = 2 * 3L * picture.width() * picture.height();
    long turned = picture.orientation() == Orientation.UPRIGHT ? 0 : raster;
    return raster + turned + picture.scratchBytes();
  }

  /** The same for a window of an image that decodes windows. */
  public long decodingBytes(Window window) {
    return 2 * 3L * window.width() * window.height() + picture.scratchBytes();
  }

  Picture picture() {
    return picture;
  }
}
