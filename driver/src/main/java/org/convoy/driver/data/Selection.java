package org.convoy.driver.data;

/** Which samples each epoch takes, and how often: what a {@link Sampling} makes of a data set. */
interface Selection {

  /**
   * How often an epoch takes each sample. The sum is the same for all epochs.
   *
   * @param epoch from 0
   */
  int[] times(int epoch);
}
