package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * The data set of shapes that is drawn before training if {@code data.uri} does not exist.
 *
 * @param trainPerClass training images per class, for ten classes; 0: never draw
 * @param validationPerClass validation images per class
 * @param size height and width in pixels
 * @param seed the same seed draws the same bytes
 */
public record GenerateSettings(int trainPerClass, int validationPerClass, int size, long seed)
    implements Serializable {

  /** Checks the rules. */
  public GenerateSettings {
    new Checks()
        .atLeast("train-per-class", trainPerClass, 0)
        .atLeast("validation-per-class", validationPerClass, 0)
        .between("size", size, 8, 4096)
        .done();
  }

  /** Whether to draw a missing data set. */
  public boolean wanted() {
    return trainPerClass > 0;
  }
}
