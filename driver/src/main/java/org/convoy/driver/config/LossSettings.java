package org.convoy.driver.config;

import java.io.Serializable;

/**
 * The loss that is minimised.
 *
 * @param name which one
 * @param labelSmoothing the part of a label's weight that is spread evenly over all classes
 * @param positiveWeight what binary cross entropy multiplies the term of the true class by
 * @param alpha the focal loss's weight of the true class; the others have one minus it
 * @param gamma the focal loss's exponent
 */
public record LossSettings(
    Name name, double labelSmoothing, double positiveWeight, double alpha, double gamma)
    implements Serializable {

  /** The losses there are for images of one class each. */
  public enum Name {
    /** Of the softmax over the classes. */
    CROSS_ENTROPY,
    /** Of each class's sigmoid, one-vs-rest. */
    BINARY_CROSS_ENTROPY,
    /** Of each class's sigmoid, one-vs-rest; what is right already counts less. */
    FOCAL
  }

  /** Checks the rules. */
  public LossSettings {
    new Checks()
        .fraction("label-smoothing", labelSmoothing)
        .that(
            name != Name.FOCAL || labelSmoothing == 0,
            "label-smoothing",
            "expected 0 with loss.name = focal, got " + RecipeText.number(labelSmoothing),
            "name")
        .positive("positive-weight", positiveWeight)
        .that(
            alpha >= 0 && alpha <= 1,
            "alpha",
            "expected from zero to one, got " + RecipeText.number(alpha))
        .notNegative("gamma", gamma)
        .done();
  }
}
