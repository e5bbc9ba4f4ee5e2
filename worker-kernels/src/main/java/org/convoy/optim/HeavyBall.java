package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/** What {@link Sgd} and {@link Lars} have in common: their settings, state and factors. */
final class HeavyBall {
  private HeavyBall() {}

  /** Checks momentum, the look ahead and the decay. */
  static Checks check(double momentum, boolean nesterov, double weightDecay) {
    return new Checks()
        .fraction("momentum", momentum)
        .that(
            !nesterov || momentum > 0,
            "nesterov",
            "expected a momentum of more than zero with it, got " + Checks.number(momentum),
            "momentum")
        .notNegative("weight-decay", weightDecay);
  }

  static List<String> stateNames(double momentum) {
    return momentum == 0 ? List.of() : List.of("momentum");
  }

  /** Scale, rate, momentum, decay, and 1 for nesterov. */
  static float[] factors(StepSettings step, double momentum, double weightDecay, boolean nesterov) {
    return new float[] {
      (float) step.gradientScale(),
      (float) step.learningRate(),
      (float) momentum,
      (float) weightDecay,
      nesterov ? 1 : 0
    };
  }
}
