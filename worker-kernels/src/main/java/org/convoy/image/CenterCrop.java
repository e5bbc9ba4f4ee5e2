package org.convoy.image;

/** The middle (height, width) of an image; an image that is smaller gets black around it first. */
public record CenterCrop(int height, int width) implements Transform {

  public CenterCrop {
    Checks.size("center-crop", height, width);
  }

  /**
   * Offsets round half to even, and padding puts the odd pixel right and below, as torchvision
   * does.
   */
  @Override
  public Placement place(int imageHeight, int imageWidth, CounterRandom random) {
    return Placement.window(offset(imageHeight, height), offset(imageWidth, width), height, width);
  }

  private static int offset(int image, int crop) {
    return crop > image ? -((crop - image) / 2) : (int) Math.rint((image - crop) / 2.0);
  }

  @Override
  public boolean drawsAtRandom() {
    return false;
  }
}
