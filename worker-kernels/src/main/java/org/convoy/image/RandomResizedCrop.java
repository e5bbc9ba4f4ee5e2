package org.convoy.image;

/**
 * A window of random area and aspect ratio, scaled to (height, width): the crop of Szegedy et al.,
 * "Going deeper with convolutions", section 6, as torchvision draws it. The area is uniform over
 * [minScale, maxScale] of the image's, the ratio width / height log-uniform over [minRatio,
 * maxRatio]; after ten windows that do not fit, the largest centred window of the nearest allowed
 * ratio is taken.
 */
public record RandomResizedCrop(
    int height, int width, double minScale, double maxScale, double minRatio, double maxRatio)
    implements Transform {
  private static final int ATTEMPTS = 10;

  public RandomResizedCrop {
    Checks.size("random-resized-crop", height, width);
    if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
      throw new IllegalArgumentException(
          "random-resized-crop: expected 0 < min-scale <= max-scale <= 1, got "
              + minScale
              + " and "
              + maxScale);
    }
    if (!(minRatio > 0 && minRatio <= maxRatio)) {
      throw new IllegalArgumentException(
          "random-resized-crop: expected 0 < min-ratio <= max-ratio, got "
              + minRatio
              + " and "
              + maxRatio);
    }
  }

  /** With torchvision's defaults: area 0.08 to 1, ratio 3/4 to 4/3. */
  public static RandomResizedCrop of(int height, int width) {
    return new RandomResizedCrop(height, width, 0.08, 1, 3.0 / 4, 4.0 / 3);
  }

  @Override
  public Placement place(int imageHeight, int imageWidth, CounterRandom random) {
    double area = (double) imageHeight * imageWidth;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double target = area * random.uniform(minScale, maxScale);
      double ratio =
          StrictMath.exp(random.uniform(StrictMath.log(minRatio), StrictMath.log(maxRatio)));
      int cropWidth = round(Math.sqrt(target * ratio));
      int cropHeight = round(Math.sqrt(target / ratio));
      if (cropWidth > 0 && cropWidth <= imageWidth && cropHeight > 0 && cropHeight <= imageHeight) {
        int top = random.nextInt(imageHeight - cropHeight + 1);
        int left = random.nextInt(imageWidth - cropWidth + 1);
        return Placement.window(top, left, cropHeight, cropWidth).scaledTo(height, width);
      }
    }
    return fallback(imageHeight, imageWidth);
  }

  private Placement fallback(int imageHeight, int imageWidth) {
    double ratio = (double) imageWidth / imageHeight;
    int cropWidth = imageWidth;
    int cropHeight = imageHeight;
    if (ratio < minRatio) {
      cropHeight = Math.max(1, Math.min(imageHeight, round(imageWidth / minRatio)));
    } else if (ratio > maxRatio) {
      cropWidth = Math.max(1, Math.min(imageWidth, round(imageHeight * maxRatio)));
    }
    return Placement.window(
            (imageHeight - cropHeight) / 2, (imageWidth - cropWidth) / 2, cropHeight, cropWidth)
        .scaledTo(height, width);
  }

  /** Half to even, as Python rounds. */
  private static int round(double value) {
    return (int) Math.rint(value);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
