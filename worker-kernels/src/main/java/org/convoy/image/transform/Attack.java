package org.convoy.image.transform;

import java.io.Serializable;

/**
 * Moves the pixels of a training batch so that the loss rises, by the loss's gradient: adversarial
 * training. No pixel moves by more than epsilon, on the scale 0 to 1, and none leaves that scale.
 *
 * <p>A recipe names one by the record's name: {@code adversarial { name = pgd, steps = 7 }}. To add
 * one, add a record in a file of its own, its name in the {@code permits} clause, and its defaults
 * in the driver's {@code convoy-reference.conf}.
 */
public sealed interface Attack extends Serializable permits Clean, Fgsm, Pgd {

  /** The number of gradients that it takes; 0: pixels stay as they are. */
  int steps();

  /** The most that a pixel moves in a step. */
  double step();

  /** The most that a pixel moves from its value. */
  double epsilon();

  /** Whether it begins at a random place within epsilon. */
  boolean randomStart();
}
