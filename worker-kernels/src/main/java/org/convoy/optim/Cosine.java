package org.convoy.optim;

/**
 * Half a cosine (Loshchilov and Hutter 2017, one period) from the full rate at the end of the
 * warm-up to the floor. The last step of the run has exactly the floor.
 *
 * @param learningRate the full rate
 * @param warmUpEpochs length of the warm-up
 * @param floor the rate where the curve ends, at most the full rate
 */
public record Cosine(double learningRate, double warmUpEpochs, double floor) implements Schedule {
  /** Checks the rules. */
  public Cosine {
    Floor.check(learningRate, warmUpEpochs, floor).done();
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    return Floor.descent(
        horizon,
        peak,
        learningRate,
        floor,
        (done, all) -> 0.5 * (1 + StrictMath.cos(Math.PI * ((double) done / all))));
  }
}
