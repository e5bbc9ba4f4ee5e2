package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * When the run's state is saved.
 *
 * @param everySteps steps from one checkpoint to the next within an epoch; 0: only at epochs' ends
 * @param everyEpochs epochs from one checkpoint to the next
 * @param keep how many of the last are kept
 * @param best whether the saved model is that of the best epoch, not of the last
 */
public record CheckpointSettings(int everySteps, int everyEpochs, int keep, boolean best)
    implements Serializable {

  /** Checks the rules. */
  public CheckpointSettings {
    new Checks()
        .atLeast("every-steps", everySteps, 0)
        .atLeast("every-epochs", everyEpochs, 1)
        .atLeast("keep", keep, 1)
        .done();
  }
}
