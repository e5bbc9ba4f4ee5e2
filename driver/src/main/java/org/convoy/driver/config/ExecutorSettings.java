package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * How a run waits for executors.
 *
 * @param minimum the least number that a run begins or continues with
 * @param waitSeconds how long it waits for all the executors that it asked for, before it begins or
 *     continues with fewer
 */
public record ExecutorSettings(int minimum, int waitSeconds) implements Serializable {

  /** Checks the rules. */
  public ExecutorSettings {
    new Checks().atLeast("minimum", minimum, 1).atLeast("wait-seconds", waitSeconds, 0).done();
  }
}
