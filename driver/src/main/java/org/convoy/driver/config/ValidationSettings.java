package org.convoy.driver.config;

import java.io.Serializable;
import java.util.Objects;
import org.convoy.settings.Checks;

/**
 * When the model is validated. It is always validated after the last epoch.
 *
 * @param everyEpochs epochs between validations
 * @param statisticsSteps global batches from which running statistics are computed anew for the
 *     weights that are validated and saved; 0: they have those of training
 * @param views of each image whose probabilities are averaged
 */
public record ValidationSettings(int everyEpochs, int statisticsSteps, Views views)
    implements Serializable {

  /** Checks the rules. */
  public ValidationSettings {
    Objects.requireNonNull(views, "views");
    new Checks()
        .atLeast("every-epochs", everyEpochs, 1)
        .atLeast("statistics-steps", statisticsSteps, 0)
        .done();
  }
}
