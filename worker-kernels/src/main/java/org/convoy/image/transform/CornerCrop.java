package org.convoy.image.transform;

import java.util.Optional;

/**
 * Cuts a corner out of an image: one of the crops of torchvision's {@code five_crop}. A smaller
 * image is padded with black on the right and below.
 *
 * @param size of the window
 * @param corner where the window is
 */
public record CornerCrop(Size size, Corner corner) implements Transform {

  /** A corner of an image. */
  public enum Corner {
    TOP_LEFT,
    TOP_RIGHT,
    BOTTOM_LEFT,
    BOTTOM_RIGHT
  }

  @Override
  public Placement decide(int imageHeight, int imageWidth, CounterRandom random) {
    boolean lower = corner == Corner.BOTTOM_LEFT || corner == Corner.BOTTOM_RIGHT;
    boolean right = corner == Corner.TOP_RIGHT || corner == Corner.BOTTOM_RIGHT;
    return Placement.window(
        lower ? Math.max(0, imageHeight - size.height()) : 0,
        right ? Math.max(0, imageWidth - size.width()) : 0,
        size.height(),
        size.width());
  }

  @Override
  public Optional<Size> sizeAfter(Optional<Size> before) {
    return Optional.of(size);
  }

  @Override
  public Transform scaled(Size from, Size to) {
    return new CornerCrop(size.scaled(from, to), corner);
  }

  @Override
  public boolean givesPlacements() {
    return true;
  }

  @Override
  public boolean drawsAtRandom() {
    return false;
  }
}
