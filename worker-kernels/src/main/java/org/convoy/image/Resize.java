package org.convoy.image;

/**
 * Scales an image, its aspect ratio kept, so that its shorter side has the stated length; the
 * longer rounds down.
 */
public record Resize(int shorterSide) implements Transform {

  public Resize {
    Checks.size("resize", shorterSide, shorterSide);
  }

  @Override
  public Placement place(int height, int width, CounterRandom random) {
    Placement whole = Placement.whole(height, width);
    return height <= width
        ? whole.scaledTo(shorterSide, longer(width, height))
        : whole.scaledTo(longer(height, width), shorterSide);
  }

  private int longer(int longSide, int shortSide) {
    return (int) ((long) shorterSide * longSide / shortSide);
  }

  @Override
  public boolean drawsAtRandom() {
    return false;
  }
}
