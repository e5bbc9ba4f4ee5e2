package org.convoy.optim;

import java.io.Serializable;

/**
 * The learning rate over a run, in epochs: a linear warm-up to the full rate, then a curve. A
 * {@link Horizon} turns it into the rate of each step. Rates are computed with {@link StrictMath},
 * so every machine gets the same bits.
 *
 * <p>A recipe names one by the record's name: {@code schedule { name = cosine, learning-rate = 0.1
 * }}. To add one, add a record in a file of its own, its name in the {@code permits} clause, and
 * its defaults in the driver's {@code convoy-reference.conf}.
 */
public sealed interface Schedule extends Serializable
    permits Cosine, CosineRestarts, Step, Exponential, Constant, Polynomial, OneCycle, RangeTest {
  /** The full rate, which the warm-up reaches. */
  double learningRate();

  /** Length of the warm-up, which is part of the run's epochs; may be a fraction; 0: none. */
  double warmUpEpochs();

  /**
   * The curve after the warm-up.
   *
   * @param horizon the whole run
   * @param peak the last step of the warm-up, 0 without a warm-up; a curve that stretches begins
   *     its descent there
   */
  LearningRate curve(Horizon horizon, long peak);

  /** Whether the rate of a step depends on the length of the run. */
  default boolean stretches() {
    return true;
  }

  /**
   * The rate of each step of a run. The warm-up replaces the first steps of the curve: step s of w
   * has {@code (s + 1) / w} of the rate that the curve has at step {@code w - 1}. So the first is
   * {@code rate / w}, not 0.
   */
  default LearningRate over(Horizon horizon) {
    long warmUp = horizon.stepAt(warmUpEpochs());
    LearningRate curve = curve(horizon, Math.max(0, warmUp - 1));
    return step -> step < warmUp - 1 ? curve.at(warmUp - 1) * (step + 1) / warmUp : curve.at(step);
  }
}
