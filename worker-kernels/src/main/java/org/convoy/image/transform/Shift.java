package org.convoy.image.transform;

/**
 * Moves the image by whole pixels. What comes in at the borders is the mirror image.
 *
 * @param down pixels; a negative number moves the image up
 * @param right pixels; a negative number moves the image to the left
 */
public record Shift(int down, int right) implements Transform {

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    return ReflectedWindow.of(-down, -right, height, width);
  }

  @Override
  public boolean drawsAtRandom() {
    return false;
  }
}
