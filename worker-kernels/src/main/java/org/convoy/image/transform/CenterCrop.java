package org.convoy.image.transform;

import java.util.Optional;

/**
 * Cuts the middle out of an image. A smaller image is first padded with black.
 *
 * @param size of the window
 */
public record CenterCrop(Size size) implements Transform {

  /**
   * As in torchvision, offsets are rounded half to even, and padding adds the odd pixel on the
   * right and below.
   */
  @Override
  public Placement decide(int imageHeight, int imageWidth, CounterRandom random) {
    return Placement.window(
        offset(imageHeight, size.height()),
        offset(imageWidth, size.width()),
        size.height(),
        size.width());
  }

  private static int offset(int image, int crop) {
    return crop > image ? -((crop - image) / 2) : (int) Math.rint((image - crop) / 2.0);
  }

  @Override
  public Optional<Size> sizeAfter(Optional<Size> before) {
    return Optional.of(size);
  }

  @Override
  public Transform scaled(Size from, Size to) {
    return new CenterCrop(size.scaled(from, to));
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
