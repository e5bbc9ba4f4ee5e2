package org.convoy.driver.data;

import org.convoy.settings.Checks;

/**
 * Repeated augmentation (Hoffer et al. 2019, "Augment your batch"; Berman et al. 2019,
 * "MultiGrain", section 3.3): a global batch has several copies of each of its samples, augmented
 * differently. An epoch has as many steps as without, so it takes only a part of the samples,
 * another one each epoch. A sample's copies are in different micro-batches where there are enough.
 *
 * @param times the number of copies
 */
public record Repeated(int times) implements Sampling {
  /** Checks the range. */
  public Repeated {
    new Checks().atLeast("times", times, 1).done();
  }

  @Override
  public Selection of(Labelled samples, int places, long seed) {
    return Uniform.without(samples.count(), places, seed);
  }

  @Override
  public int copies() {
    return times;
  }
}
