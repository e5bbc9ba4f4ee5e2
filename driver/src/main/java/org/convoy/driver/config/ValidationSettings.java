package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * When the model is validated. It is always validated after the last epoch.
 *
 * @param everyEpochs epochs between validations
 */
public record ValidationSettings(int everyEpochs) implements Serializable {

  /** Checks the rules. */
  public ValidationSettings {
    new Checks().atLeast("every-epochs", everyEpochs, 1).done();
  }
}
