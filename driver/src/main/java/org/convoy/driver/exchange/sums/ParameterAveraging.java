package org.convoy.driver.exchange.sums;

import org.convoy.settings.Checks;

/**
 * Parameter averaging (McDonald et al. 2010, "Distributed Training Strategies for the Structured
 * Perceptron"; local SGD of Stich 2019): each group of micro-batches trains a copy of the
 * parameters with an optimizer of its own. Every so many steps all copies become their mean.
 *
 * @param everySteps steps from one averaging to the next, at least 1
 * @param averageOptimizerState whether the optimizer's state is averaged with the parameters; if
 *     not, each group keeps its own
 */
public record ParameterAveraging(int everySteps, boolean averageOptimizerState)
    implements MeetingCopies {

  private static final long serialVersionUID = 1;

  public ParameterAveraging {
    new Checks().atLeast("every-steps", everySteps, 1).done();
  }
}
