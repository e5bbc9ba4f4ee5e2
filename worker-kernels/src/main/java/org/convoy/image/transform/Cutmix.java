package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Replaces a box of an image by the same box of its partner (Yun et al. 2019, "CutMix", section 3.1
 * and equation 2): the box has the image's aspect and {@code 1 - lambda} of its area. Its centre is
 * uniform over the image, and the part outside the image is cut off. The weights of the targets
 * follow the area that remains. One box is drawn for each micro-batch.
 *
 * @param alpha positive: {@code lambda} is drawn from Beta(alpha, alpha)
 */
public record Cutmix(double alpha) implements Mix {
  /** Checks the range. */
  public Cutmix {
    new Checks().positive("alpha", alpha).done();
  }

  @Override
  public Mixture draw(int height, int width, CounterRandom random) {
    double side = Math.sqrt(1 - BetaDraw.symmetric(alpha, random));
    int halfHeight = (int) (height * side) / 2;
    int halfWidth = (int) (width * side) / 2;
    int y = random.nextInt(height);
    int x = random.nextInt(width);
    int top = Math.max(0, y - halfHeight);
    int left = Math.max(0, x - halfWidth);
    int bottom = Math.min(height, y + halfHeight);
    int right = Math.min(width, x + halfWidth);
    double own = 1 - (double) (bottom - top) * (right - left) / ((double) height * width);
    return new Mixture(own, 0, top, left, bottom, right);
  }
}
