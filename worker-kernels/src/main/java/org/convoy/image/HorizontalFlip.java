package org.convoy.image;

/** Mirrors an image left to right with the stated probability. */
public record HorizontalFlip(double probability) implements Transform {

  public HorizontalFlip {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "horizontal-flip: expected a probability between 0 and 1, got " + probability);
    }
  }

  @Override
  public Placement place(int height, int width, CounterRandom random) {
    return new Placement(0, 0, height, width, height, width, random.chance(probability));
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
