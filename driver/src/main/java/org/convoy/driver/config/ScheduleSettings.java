package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;

/**
 * The learning rate over time: a linear warm-up to {@code learningRate}, then the named curve.
 *
 * @param name which curve
 * @param learningRate the greatest learning rate
 * @param warmUpEpochs length of the warm-up, which is part of the run's epochs; may be a fraction
 * @param milestones epochs, counted from 0, at whose start the step curve falls
 * @param gamma what the step curve multiplies by at a milestone
 * @param floor where the cosine curve ends
 */
public record ScheduleSettings(
    Name name,
    double learningRate,
    double warmUpEpochs,
    List<Integer> milestones,
    double gamma,
    double floor)
    implements Serializable {

  /** The curves there are. */
  public enum Name {
    /** Half a cosine period down to the floor (Loshchilov and Hutter 2017, without restarts). */
    COSINE,
    /** Falls by a factor at each milestone. */
    STEP,
    /** Stays. */
    CONSTANT;

    /** Whether the curve's course depends on the length of the run. */
    public boolean stretches() {
      return this == COSINE;
    }
  }

  /** Checks the rules. */
  public ScheduleSettings {
    milestones = List.copyOf(milestones);
    new Checks()
        .positive("learning-rate", learningRate)
        .notNegative("warm-up-epochs", warmUpEpochs)
        .that(
            name != Name.STEP || !milestones.isEmpty(),
            "milestones",
            "not set, expected at least one epoch, which schedule.name = step needs",
            "name")
        .that(
            strictlyRising(milestones),
            "milestones",
            "expected rising epochs from 1 on, got " + milestones)
        .positive("gamma", gamma)
        .notNegative("floor", floor)
        .that(
            floor <= learningRate,
            "floor",
            "expected at most the learning rate, "
                + RecipeText.number(learningRate)
                + ", got "
                + RecipeText.number(floor),
            "learning-rate")
        .done();
  }

  private static boolean strictlyRising(List<Integer> epochs) {
    int last = 0;
    for (int epoch : epochs) {
      if (epoch <= last) {
        return false;
      }
      last = epoch;
    }
    return true;
  }
}
