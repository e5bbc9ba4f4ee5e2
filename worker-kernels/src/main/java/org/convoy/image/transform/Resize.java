package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Scales an image, its aspect ratio kept, so that its shorter side has the stated length; the
 * longer rounds down.
 *
 * @param size pixels of the shorter side afterwards
 */
public record Resize(int size) implements Transform {

  /** Checks the rule. */
  public Resize {
    new Checks().between("size", size, 1, Size.MAX_SIDE).done();
  }

  @Override
  public Placement place(int height, int width, CounterRandom random) {
    Placement whole = Placement.whole(height, width);
    return height <= width
        ? whole.scaledTo(size, longer(width, height))
        : whole.scaledTo(longer(height, width), size);
  }

  private int longer(int longSide, int shortSide) {
    return (int) ((long) size * longSide / shortSide);
  }

  @Override
  public boolean drawsAtRandom() {
    return false;
  }
}
