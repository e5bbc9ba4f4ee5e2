package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * One operation of a random magnitude: Müller and Hutter 2021, "TrivialAugment", wide, with
 * torchvision's operations and their strongest forms: a shear of 0.99, a move by 32 pixels, a
 * rotation by 135 degrees, factors from 0.01 to 1.99, six bits less, all inverted.
 *
 * @param magnitudes the number of magnitudes to draw from, from no change to the strongest form
 */
public record TrivialAugment(int magnitudes) implements Transform {
  private static final Operation.Strongest WIDE =
      new Operation.Strongest(0.99, 32, 32, 135, 0.99, 6);

  /** Checks the rule. */
  public TrivialAugment {
    new Checks().between("magnitudes", magnitudes, 2, 1000).done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    Operation operation = Operation.ALL.get(random.nextInt(Operation.ALL.size()));
    double part = random.nextInt(magnitudes) / (double) (magnitudes - 1);
    int sign = random.chance(0.5) ? -1 : 1;
    return operation.edit(WIDE, part, sign, height, width);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
