package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.convoy.settings.Checks;

/**
 * Slow momentum (Wang, Tantia, Ballas, Rabbat 2020, "SlowMo: Improving Communication-Efficient
 * Distributed SGD with Slow Momentum"): copies of the parameters as in {@link ParameterAveraging}.
 * When the copies meet, momentum is applied to the way from where they last met to their mean.
 *
 * <p>The paper divides the way by the learning rate, and multiplies by it again. Here both are left
 * out, which is the same where the learning rate is constant.
 *
 * @param everySteps steps from one meeting to the next, at least 1
 * @param rate the factor of the outer step, the paper's alpha
 * @param momentum the part of the last outer step that is kept, the paper's beta
 */
public record SlowMomentum(int everySteps, double rate, double momentum) implements MeetingCopies {

  private static final long serialVersionUID = 1;

  public SlowMomentum {
    new Checks()
        .atLeast("every-steps", everySteps, 1)
        .positive("rate", rate)
        .fraction("momentum", momentum)
        .done();
  }

  @Override
  public Optional<Outer> outer() {
    return Optional.of(new Outer(rate, momentum, false));
  }
}
