package org.convoy.image.transform;

import java.util.Optional;

/**
 * The middle of an image; an image that is smaller gets black around it first.
 *
 * @param size of the window
 */
public record CenterCrop(Size size) implements Transform {

  /**
   * Offsets round half to even, and padding puts the odd pixel right and below, as torchvision
   * does.
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
  public boolean drawsAtRandom() {
    return false;
  }
}
