package org.convoy.image;

/**
 * Puts {@code padding} black pixels on every side and cuts a window of (height, width) from a
 * random place: torchvision's RandomCrop with padding. Black is 0 before normalisation. An image
 * that is still too small gets the window centred.
 */
public record PadAndCrop(int height, int width, int padding) implements Transform {

  public PadAndCrop {
    Checks.size("pad-and-crop", height, width);
    if (padding < 0) {
      throw new IllegalArgumentException(
          "pad-and-crop: expected a padding of at least 0, got " + padding);
    }
  }

  @Override
  public Placement place(int imageHeight, int imageWidth, CounterRandom random) {
    int top = offset(imageHeight, height, random);
    int left = offset(imageWidth, width, random);
    return Placement.window(top, left, height, width);
  }

  private int offset(int image, int crop, CounterRandom random) {
    int room = image + 2 * padding - crop;
    return room < 0 ? -((crop - image) / 2) : random.nextInt(room + 1) - padding;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
