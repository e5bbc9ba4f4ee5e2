package org.convoy.image.transform;

import java.util.ArrayList;
import java.util.List;
import org.convoy.settings.Checks;

/**
 * Random operations, one after the other, all of the same magnitude: Cubuk et al. 2020,
 * "RandAugment", with torchvision's operations and their strongest forms: a shear of 0.3, a move by
 * 150/331 of the side, a rotation by 30 degrees, factors from 0.1 to 1.9, four bits less, all
 * inverted.
 *
 * @param operations the number of operations drawn, each from all fourteen
 * @param magnitude 0 to 30; 30 is the strongest form
 */
public record RandAugment(int operations, int magnitude) implements Transform {
  private static final int MOST = 30;
  private static final double PART_OF_SIDE = 150.0 / 331;

  /** Checks the rules. */
  public RandAugment {
    new Checks()
        .atLeast("operations", operations, 1)
        .between("magnitude", magnitude, 0, MOST)
        .done();
  }

  /** The strongest forms of an image of this size. */
  static Operation.Strongest strongest(int height, int width) {
    return new Operation.Strongest(0.3, PART_OF_SIDE * width, PART_OF_SIDE * height, 30, 0.9, 4);
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    Operation.Strongest most = strongest(height, width);
    List<Edit> edits = new ArrayList<>();
    for (int i = 0; i < operations; i++) {
      Operation operation = Operation.ALL.get(random.nextInt(Operation.ALL.size()));
      int sign = random.chance(0.5) ? -1 : 1;
      edits.add(operation.edit(most, magnitude / (double) MOST, sign, height, width));
    }
    return new EditSequence(edits);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
