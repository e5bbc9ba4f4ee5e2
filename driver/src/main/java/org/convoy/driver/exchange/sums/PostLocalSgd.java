package org.convoy.driver.exchange.sums;

import org.convoy.settings.Checks;

/**
 * Post-local SGD (Lin, Stich, Patel, Jaggi 2020, "Don't Use Large Mini-Batches, Use Local SGD"):
 * copies of the parameters as in {@link ParameterAveraging}, which become their mean after every
 * step at first, and after every so many steps later.
 *
 * @param everySteps steps from one averaging to the next in the second phase, at least 1
 * @param afterSteps steps of the first phase
 * @param averageOptimizerState whether the optimizer's state is averaged with the parameters
 */
public record PostLocalSgd(int everySteps, long afterSteps, boolean averageOptimizerState)
    implements MeetingCopies {

  private static final long serialVersionUID = 1;

  public PostLocalSgd {
    new Checks().atLeast("every-steps", everySteps, 1).atLeast("after-steps", afterSteps, 0).done();
  }

  @Override
  public boolean meets(long steps) {
    return steps <= afterSteps || (steps - afterSteps) % everySteps == 0;
  }
}
