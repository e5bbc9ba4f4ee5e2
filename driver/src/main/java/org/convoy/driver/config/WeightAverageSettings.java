package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * The exponential moving average of the weights. If it is on, the average is validated and saved.
 *
 * @param decay fraction of the average that is kept at each step; 0: off
 */
public record WeightAverageSettings(double decay) implements Serializable {

  /** Checks the rules. */
  public WeightAverageSettings {
    new Checks().fraction("decay", decay).done();
  }

  /** Whether the average is on. */
  public boolean on() {
    return decay > 0;
  }
}
