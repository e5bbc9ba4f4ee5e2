package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * How a run waits for executors and shares its work among them.
 *
 * @param minimum the least number that a run begins or continues with
 * @param waitSeconds how long it waits for all the executors that it asked for, before it begins or
 *     continues with fewer
 * @param balance how micro-batches are dealt to executors
 * @param gpuMebibytes the memory of each executor's GPU; 0: not known at submit
 */
public record ExecutorSettings(int minimum, int waitSeconds, Balance balance, int gpuMebibytes)
    implements Serializable {

  /** How micro-batches are dealt to executors. It does not change the result. */
  public enum Balance {
    /** As many to each as possible. */
    EQUAL,
    /** More to faster ones, by the time that their own work takes. */
    MEASURED
  }

  /** Checks the rules. */
  public ExecutorSettings {
    new Checks()
        .atLeast("minimum", minimum, 1)
        .atLeast("wait-seconds", waitSeconds, 0)
        .atLeast("gpu-mebibytes", gpuMebibytes, 0)
        .done();
  }
}
