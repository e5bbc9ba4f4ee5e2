package org.convoy.driver.config;

import java.io.Serializable;

/**
 * The update rule.
 *
 * @param name which one
 * @param momentum the part of the last update that is kept; 0: none
 * @param nesterov whether momentum looks ahead (Sutskever et al. 2013, as torch defines it)
 * @param weightDecay L2 penalty, added to the gradient
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay too
 */
public record OptimizerSettings(
    Name name, double momentum, boolean nesterov, double weightDecay, boolean decayNormsAndBiases)
    implements Serializable {

  /** The optimizers there are. */
  public enum Name {
    /** Stochastic gradient descent, with momentum or without. */
    SGD
  }

  /** Checks the rules. */
  public OptimizerSettings {
    new Checks()
        .fraction("momentum", momentum)
        .that(
            !nesterov || momentum > 0,
            "nesterov",
            "expected a momentum of more than zero with it, got " + RecipeText.number(momentum),
            "momentum")
        .notNegative("weight-decay", weightDecay)
        .done();
  }
}
