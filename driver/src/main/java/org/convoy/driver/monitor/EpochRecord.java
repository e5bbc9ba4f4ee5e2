package org.convoy.driver.monitor;

import java.io.Serializable;

/**
 * One finished epoch. What was not measured, because the epoch was not validated, is NaN.
 *
 * @param epoch from 1 on
 * @param step the last step of the epoch
 * @param trainLoss mean loss over the epoch's training samples
 * @param validationLoss mean loss over the validation samples
 * @param top1 part of the validation samples whose likeliest class is the right one, 0 to 1
 * @param top5 part of the validation samples whose five likeliest classes hold the right one
 * @param imagesPerSecond training images over the epoch's whole time, validation included
 * @param seconds the epoch's whole time
 */
public record EpochRecord(
    int epoch,
    long step,
    double trainLoss,
    double validationLoss,
    double top1,
    double top5,
    double imagesPerSecond,
    double seconds)
    implements Serializable {

  /** Whether the epoch was validated. */
  public boolean validated() {
    return !Double.isNaN(top1);
  }
}
