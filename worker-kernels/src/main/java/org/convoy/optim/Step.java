package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * A rate that falls by a factor at each milestone. The warm-up does not move the milestones.
 *
 * @param learningRate the rate before the first milestone
 * @param warmUpEpochs length of the warm-up
 * @param milestones ascending epochs, counted from 0; the first step of a milestone's epoch already
 *     has the smaller rate
 * @param gamma the factor
 */
public record Step(double learningRate, double warmUpEpochs, List<Integer> milestones, double gamma)
    implements Schedule {
  /** Checks the rules. */
  public Step {
    milestones = List.copyOf(milestones);
    new Checks()
        .positive("learning-rate", learningRate)
        .notNegative("warm-up-epochs", warmUpEpochs)
        .that(
            !milestones.isEmpty() && rising(milestones),
            "milestones",
            "expected ascending epochs, at least 1, got " + milestones)
        .positive("gamma", gamma)
        .done();
  }

  private static boolean rising(List<Integer> epochs) {
    int last = 0;
    for (int epoch : epochs) {
      if (epoch <= last) {
        return false;
      }
      last = epoch;
    }
    return true;
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    long[] steps = milestones.stream().mapToLong(horizon::stepAt).toArray();
    return step -> {
      double rate = learningRate;
      for (long milestone : steps) {
        if (step >= milestone) {
          rate *= gamma;
        }
      }
      return rate;
    };
  }

  @Override
  public boolean stretches() {
    return false;
  }
}
