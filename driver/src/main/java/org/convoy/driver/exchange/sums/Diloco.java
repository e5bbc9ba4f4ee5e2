package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.convoy.settings.Checks;

/**
 * DiLoCo (Douillard et al. 2023, "DiLoCo: Distributed Low-Communication Training of Language
 * Models"): copies of the parameters as in {@link ParameterAveraging}. When the copies meet, the
 * way from their mean to where they last met is taken for a gradient, with which Nesterov momentum
 * moves the parameters.
 *
 * @param everySteps inner steps from one meeting to the next, the paper's H, at least 1
 * @param rate the learning rate of the outer step
 * @param momentum the momentum of the outer step
 */
public record Diloco(int everySteps, double rate, double momentum) implements MeetingCopies {

  private static final long serialVersionUID = 1;

  public Diloco {
    new Checks()
        .atLeast("every-steps", everySteps, 1)
        .positive("rate", rate)
        .fraction("momentum", momentum)
        .done();
  }

  @Override
  public Optional<Outer> outer() {
    return Optional.of(new Outer(rate, momentum, true));
  }
}
