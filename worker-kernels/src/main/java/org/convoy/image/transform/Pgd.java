package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Projected gradient descent: several steps in the direction of the sign, each cut to within
 * epsilon (Madry et al. 2018, "Towards deep learning models resistant to adversarial attacks",
 * section 2.1).
 *
 * @param epsilon the most that a pixel moves, on the scale 0 to 1
 * @param step of the pixels
 * @param steps the number of steps
 * @param randomStart whether it begins at a random place within epsilon
 */
public record Pgd(double epsilon, double step, int steps, boolean randomStart) implements Attack {
  /** Checks the ranges. */
  public Pgd {
    new Checks()
        .positive("epsilon", epsilon)
        .positive("step", step)
        .between("steps", steps, 1, 1000)
        .done();
  }
}
