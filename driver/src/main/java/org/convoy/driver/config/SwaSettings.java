package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * Stochastic weight averaging: the mean of the weights at the ends of epochs is what is validated
 * and saved, from the first of these epochs on. Its running statistics are computed anew.
 *
 * @param everyEpochs epochs from one of these weights to the next; 0: off
 * @param fromEpoch the first epoch whose weights are taken, counted from 0
 * @param statisticsSteps global batches that statistics are computed from; 0: those of an epoch
 */
public record SwaSettings(int everyEpochs, int fromEpoch, int statisticsSteps)
    implements Serializable {

  /** Checks the rules. */
  public SwaSettings {
    new Checks()
        .atLeast("every-epochs", everyEpochs, 0)
        .atLeast("from-epoch", fromEpoch, 0)
        .atLeast("statistics-steps", statisticsSteps, 0)
        .done();
  }

  /** Whether it is on. */
  public boolean on() {
    return everyEpochs > 0;
  }
}
