package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * The fast gradient sign method: one step in the direction of the sign (Goodfellow et al. 2015,
 * "Explaining and harnessing adversarial examples", section 4). With a random start it is that of
 * Wong et al. 2020, "Fast is better than free", algorithm 3.
 *
 * @param epsilon the most that a pixel moves, on the scale 0 to 1
 * @param step of the pixels; the first paper's is epsilon, the second one's 1.25 epsilon
 * @param randomStart whether it begins at a random place within epsilon
 */
public record Fgsm(double epsilon, double step, boolean randomStart) implements Attack {
  /** Checks the ranges. */
  public Fgsm {
    new Checks().positive("epsilon", epsilon).positive("step", step).done();
  }

  @Override
  public int steps() {
    return 1;
  }
}
