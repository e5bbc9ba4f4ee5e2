package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * When the run's state is saved.
 *
 * @param everySteps steps between checkpoints within an epoch; 0: only at the ends of epochs
 * @param everyEpochs epochs between checkpoints
 * @param keep number of latest checkpoints that are kept
 * @param best whether the saved model is that of the best epoch, not of the last one
 * @param inBackground whether training goes on while a checkpoint is written, from a copy of the
 *     state
 */
public record CheckpointSettings(
    int everySteps, int everyEpochs, int keep, boolean best, boolean inBackground)
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
