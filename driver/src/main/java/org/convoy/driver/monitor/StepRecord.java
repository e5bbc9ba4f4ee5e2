package org.convoy.driver.monitor;

import java.io.Serializable;

/**
 * One training step, or the mean of several neighbouring ones in a thinned history.
 *
 * @param step the step's number, from 1 on over the whole run; for several steps the number of the
 *     last
 * @param epoch the epoch it belongs to, from 1 on
 * @param loss mean loss over the global batch
 * @param learningRate the learning rate of the update
 * @param imagesPerSecond images per second over all executors
 * @param averaged the number of steps that this is the mean of
 */
public record StepRecord(
    long step, int epoch, double loss, double learningRate, double imagesPerSecond, int averaged)
    implements Serializable {

  /** A single step. */
  public StepRecord(
      long step, int epoch, double loss, double learningRate, double imagesPerSecond) {
    this(step, epoch, loss, learningRate, imagesPerSecond, 1);
  }

  /** The mean of this and a later record; step, epoch and learning rate are the later one's. */
  StepRecord merge(StepRecord later) {
    int both = averaged + later.averaged;
    return new StepRecord(
        later.step,
        later.epoch,
        (loss * averaged + later.loss * later.averaged) / both,
        later.learningRate,
        (imagesPerSecond * averaged + later.imagesPerSecond * later.averaged) / both,
        both);
  }
}
