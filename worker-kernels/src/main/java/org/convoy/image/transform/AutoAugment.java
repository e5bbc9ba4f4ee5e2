package org.convoy.image.transform;

import java.util.ArrayList;
import java.util.List;
import org.convoy.settings.Checks;

/**
 * A learned policy: Cubuk et al. 2019, "AutoAugment: learning augmentation strategies from data",
 * the tables of its appendix, with torchvision's operations. One of 25 pairs of operations is
 * drawn; each operation of the pair is applied with its own probability and magnitude, in a
 * direction drawn at random. The strongest forms are those of {@link RandAugment}.
 *
 * @param policy the data set that the policy was learned on
 */
public record AutoAugment(AutoAugmentPolicy policy) implements Transform {
  /** Checks that there is a policy. */
  public AutoAugment {
    new Checks().that(policy != null, "policy", "expected the name of a policy").done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    Operation.Strongest most = RandAugment.strongest(height, width);
    List<AutoAugmentPolicy.Step> pair = policy.pairs().get(random.nextInt(policy.pairs().size()));
    List<Edit> edits = new ArrayList<>();
    for (AutoAugmentPolicy.Step step : pair) {
      boolean applied = random.chance(step.probability());
      int sign = random.chance(0.5) ? -1 : 1;
      if (applied) {
        edits.add(step.operation().edit(most, step.part(), sign, height, width));
      }
    }
    return new EditSequence(edits);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
