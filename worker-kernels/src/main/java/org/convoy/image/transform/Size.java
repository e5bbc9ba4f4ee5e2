package org.convoy.image.transform;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.convoy.settings.Checks;

/**
 * Height and width of an image in pixels. A recipe writes {@code 224} for a square, {@code [height,
 * width]} for any other.
 *
 * @param height in pixels
 * @param width in pixels
 */
public record Size(int height, int width) implements Serializable {
  /** The longest side. */
  public static final int MAX_SIDE = 1 << 14;

  /** Checks the rules. */
  public Size {
    new Checks().between("height", height, 1, MAX_SIDE).between("width", width, 1, MAX_SIDE).done();
  }

  /** Throws an exception that begins with {@code what} if these cannot be the sides of an image. */
  static void require(String what, int height, int width) {
    if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected sides between 1 and %d pixels, got %dx%d",
              what,
              MAX_SIDE,
              height,
              width));
    }
  }

  /** A size with equal sides. */
  public static Size square(int side) {
    return new Size(side, side);
  }

  /** This size scaled by the ratio of two others, to the nearest pixel. */
  Size scaled(Size from, Size to) {
    return new Size(
        scaled(height, from.height(), to.height()), scaled(width, from.width(), to.width()));
  }

  /** A length scaled by the ratio of two others, to the nearest pixel, at least 1. */
  static int scaled(int length, int from, int to) {
    return (int) Math.max(1, Math.round((double) length * to / from));
  }

  /** The shorter side. */
  int shorter() {
    return Math.min(height, width);
  }

  /** Whether the sides are equal. */
  public boolean isSquare() {
    return height == width;
  }

  /** Height and width. */
  @JsonValue
  public List<Integer> sides() {
    return List.of(height, width);
  }

  /**
   * The inverse of {@link #sides}.
   *
   * @throws IllegalArgumentException if there are not exactly two
   */
  @JsonCreator
  public static Size of(List<Integer> sides) {
    if (sides.size() != 2) {
      throw new IllegalArgumentException("expected [height, width], got " + sides);
    }
    return new Size(sides.get(0), sides.get(1));
  }

  /** {@code 224x224}, height first. */
  @Override
  public String toString() {
    return height + "x" + width;
  }
}
