package org.convoy.image;

/** The one check that every transform with a size makes. */
final class Checks {
  private static final int MAX_SIDE = 1 << 14;

  private Checks() {}

  static void size(String what, int height, int width) {
    if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
      throw new IllegalArgumentException(
          what
              + ": expected sides between 1 and "
              + MAX_SIDE
              + " pixels, got "
              + height
              + "x"
              + width);
    }
  }
}
