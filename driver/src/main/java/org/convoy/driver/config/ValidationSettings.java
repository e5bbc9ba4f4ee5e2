package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * When the model is validated; after the last epoch it is in any case.
 *
 * @param everyEpochs epochs from one validation to the next
 */
public record ValidationSettings(int everyEpochs) implements Serializable {

  /** Checks the rules. */
  public ValidationSettings {
    new Checks().atLeast("every-epochs", everyEpochs, 1).done();
  }
}
