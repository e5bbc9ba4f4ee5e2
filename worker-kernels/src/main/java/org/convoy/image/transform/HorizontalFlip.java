package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Mirrors an image left to right.
 *
 * @param probability of the flip
 */
public record HorizontalFlip(double probability) implements Transform {

  /** Checks the rule. */
  public HorizontalFlip {
    new Checks().part("probability", probability).done();
  }

  @Override
  public Placement decide(int height, int width, CounterRandom random) {
    return new Placement(0, 0, height, width, height, width, random.chance(probability));
  }

  @Override
  public boolean givesPlacements() {
    return true;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
