package org.convoy.image.codec;

/** A part of an upright image, in pixels. */
public record Window(int top, int left, int height, int width) {

  /** Checks that it is not empty. */
  public Window {
    if (top < 0 || left < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "expected a window of at least one pixel inside an image, got "
              + height
              + "x"
              + width
              + " from row "
              + top
              + ", column "
              + left);
    }
  }

  /** The whole of an image. */
  static Window whole(int height, int width) {
    return new Window(0, 0, height, width);
  }
}
