package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * When a run that gets no better ends before its last step.
 *
 * @param patienceEpochs the run ends at the validation of the epoch that is so many after the best
 *     one; 0: never
 */
public record EarlyStoppingSettings(int patienceEpochs) implements Serializable {

  /** Checks the rules. */
  public EarlyStoppingSettings {
    new Checks().atLeast("patience-epochs", patienceEpochs, 0).done();
  }

  /** Whether a run may end early. */
  public boolean on() {
    return patienceEpochs > 0;
  }
}
