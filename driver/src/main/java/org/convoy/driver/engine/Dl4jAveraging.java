package org.convoy.driver.engine;

import org.convoy.settings.Checks;

/**
 * DL4J's {@code ParameterAveragingTrainingMaster}: each executor trains a copy of the network, and
 * all copies become their mean, parameters and the optimizer's state alike.
 *
 * @param everySteps the number of steps between two means
 */
public record Dl4jAveraging(int everySteps) implements Engine {
  private static final long serialVersionUID = 1;

  /** Checks the range. */
  public Dl4jAveraging {
    new Checks().atLeast("every-steps", everySteps, 1).done();
  }
}
