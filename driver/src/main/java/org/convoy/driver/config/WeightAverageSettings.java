package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * The exponential moving average of the weights, which is validated and saved if it is on.
 *
 * @param decay the part of the average that is kept at each step; 0: off
 */
public record WeightAverageSettings(double decay) implements Serializable {

  /** Checks the rules. */
  public WeightAverageSettings {
    new Checks().fraction("decay", decay).done();
  }

  /** Whether there is an average at all. */
  public boolean on() {
    return decay > 0;
  }
}
