package org.convoy.image;

import java.util.Optional;

/** Keeps a small file that claims a huge image from taking the executor's memory. */
final class PixelLimit {
  /** Twice Pillow's warning level: where Pillow, too, refuses. About 540 MB as 8-bit colour. */
  static final long MAX_PIXELS = 178_956_970;

  private PixelLimit() {}

  static Optional<String> problem(long width, long height) {
    if (width > 0 && height > MAX_PIXELS / width) {
      return Optional.of(
          width + "x" + height + " pixels, more than the " + MAX_PIXELS + " allowed");
    }
    return Optional.empty();
  }
}
