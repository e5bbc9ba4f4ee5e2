package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * The output that a user sees during and after a run.
 *
 * @param progressSeconds seconds between progress lines where a line cannot be rewritten in place
 * @param samplePredictions number of validation images that the report shows with their predictions
 * @param everyStep whether the event file has a record of each step, not only of spans of steps
 */
public record MonitorSettings(int progressSeconds, int samplePredictions, boolean everyStep)
    implements Serializable {

  /** Checks the rules. */
  public MonitorSettings {
    new Checks()
        .atLeast("progress-seconds", progressSeconds, 1)
        .between("sample-predictions", samplePredictions, 0, 1000)
        .done();
  }
}
