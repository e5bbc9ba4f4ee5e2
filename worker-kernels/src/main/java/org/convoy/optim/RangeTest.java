package org.convoy.optim;

import org.convoy.settings.Checks;

/**
 * The learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks",
 * section 3.3), with rates that rise by the same factor from step to step, as in {@code
 * fastai.Learner.lr_find}. The losses of the steps show which rates make training go well.
 *
 * @param learningRate the rate of the last step
 * @param least the rate of the first step
 * @param steps from the first rate to the last; later steps keep it
 */
public record RangeTest(double learningRate, double least, int steps) implements Schedule {
  /** Checks the rules. */
  public RangeTest {
    new Checks()
        .positive("learning-rate", learningRate)
        .positive("least", least)
        .that(
            least < learningRate,
            "least",
            "expected less than the learning rate of "
                + Checks.number(learningRate)
                + ", got "
                + Checks.number(least),
            "learning-rate")
        .atLeast("steps", steps, 2)
        .done();
  }

  @Override
  public double warmUpEpochs() {
    return 0;
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    double ratio = StrictMath.log(learningRate / least);
    return step ->
        step >= steps - 1 ? learningRate : least * StrictMath.exp(ratio * step / (steps - 1.0));
  }

  @Override
  public boolean stretches() {
    return false;
  }
}
