package org.convoy.optim;

/**
 * The learning rate as a function of the step alone, steps counted from 0 over the whole run,
 * warm-up included.
 */
@FunctionalInterface
public interface LearningRate {
  /**
   * The learning rate of a step.
   *
   * @param step from 0; past the end of the run the last rate stays
   */
  double at(long step);
}
