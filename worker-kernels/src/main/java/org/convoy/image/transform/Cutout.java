package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Erases a square: DeVries and Taylor 2017, "Improved regularization of convolutional neural
 * networks with Cutout". The centre is any pixel, so a part of the square may lie outside the
 * image. What is erased gets the byte of each channel nearest to the mean of normalisation, as with
 * {@link RandomErasing}.
 *
 * @param side of the square, in pixels; the paper's is 16 for CIFAR-10 and 8 for CIFAR-100
 */
public record Cutout(int side) implements Transform {
  /** Checks the rule. */
  public Cutout {
    new Checks().atLeast("side", side, 1).done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    int top = random.nextInt(height) - side / 2;
    int left = random.nextInt(width) - side / 2;
    int firstRow = Math.max(0, top);
    int firstColumn = Math.max(0, left);
    return new RandomErasing.Erasure(
        firstRow,
        firstColumn,
        Math.max(0, Math.min(height, top + side) - firstRow),
        Math.max(0, Math.min(width, left + side) - firstColumn));
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
