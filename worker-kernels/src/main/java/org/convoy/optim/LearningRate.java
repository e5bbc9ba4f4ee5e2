package org.convoy.optim;

/**
 * The learning rate as a function of the step. Steps count from 0 over the whole run, including the
 * warm-up.
 */
@FunctionalInterface
public interface LearningRate {
  /**
   * The learning rate of a step.
   *
   * @param step from 0; after the end of the run the last rate stays
   */
  double at(long step);
}
