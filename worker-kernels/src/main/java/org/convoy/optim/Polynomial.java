package org.convoy.optim;

/**
 * A polynomial from the full rate at the end of the warm-up to the floor. The last step of the run
 * has exactly the floor: {@code floor + (rate - floor) * (1 - t)^power}, with t from 0 to 1. The
 * paper of LARS uses power 2 (You et al. 2017, section 5).
 *
 * @param learningRate the full rate
 * @param warmUpEpochs length of the warm-up
 * @param power 1 is a straight line
 * @param floor the rate where the curve ends, at most the full rate
 */
public record Polynomial(double learningRate, double warmUpEpochs, double power, double floor)
    implements Schedule {
  /** Checks the rules. */
  public Polynomial {
    Floor.check(learningRate, warmUpEpochs, floor).positive("power", power).done();
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    return Floor.descent(
        horizon,
        peak,
        learningRate,
        floor,
        (done, all) -> StrictMath.pow((double) (all - done) / all, power));
  }
}
