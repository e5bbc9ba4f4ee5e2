package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * A rate that falls by a factor at each milestone; milestones stay where they are whatever the
 * warm-up.
 *
 * @param learningRate the rate before the first milestone
 * @param warmUpEpochs length of the warm-up
 * @param milestones rising epochs, counted from 0: the first step of each already has the smaller
 *     rate
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
            "expected rising epochs from 1 on, got " + milestones)
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
