package org.convoy.image.shapes;

/**
 * Settings of the generator.
 *
 * @param trainPerClass images per class for training
 * @param validationPerClass images per class for validation
 * @param size height and width in pixels
 * @param seed two runs with the same settings write the same bytes
 */
public record ShapesSettings(int trainPerClass, int validationPerClass, int size, long seed) {
  private static final int LEAST_SIZE = 16;
  private static final int MOST_SIZE = 1024;

  public ShapesSettings {
    if (trainPerClass < 0 || validationPerClass < 0) {
      throw new IllegalArgumentException(
          "expected images per class of at least 0, got "
              + trainPerClass
              + " and "
              + validationPerClass);
    }
    if (size < LEAST_SIZE || size > MOST_SIZE) {
      throw new IllegalArgumentException(
          "expected an image size of " + LEAST_SIZE + " to " + MOST_SIZE + " pixels, got " + size);
    }
  }

  /** 500 training and 100 validation images per class, 32x32, seed 1. */
  public static ShapesSettings defaults() {
    return new ShapesSettings(500, 100, 32, 1);
  }
}
