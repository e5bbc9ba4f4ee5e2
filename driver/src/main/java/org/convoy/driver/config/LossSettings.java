package org.convoy.driver.config;

import java.io.Serializable;

/**
 * The loss that is minimised: softmax cross entropy.
 *
 * @param labelSmoothing the part of a label's weight that is spread evenly over all classes
 */
public record LossSettings(double labelSmoothing) implements Serializable {

  /** Checks the rules. */
  public LossSettings {
    new Checks().fraction("label-smoothing", labelSmoothing).done();
  }
}
