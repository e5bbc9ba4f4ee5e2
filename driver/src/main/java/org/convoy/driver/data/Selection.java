package org.convoy.driver.data;

/** Which samples each epoch takes, and how often: what a {@link Sampling} makes of a data set. */
interface Selection {

  /**
   * What an epoch takes. The number of places is the same for all epochs.
   *
   * @param epoch from 0
   */
  Taken epoch(int epoch);

  /** Whether an epoch may take a sample more than once. */
  boolean repeats();

  /** The samples that one epoch takes. */
  interface Taken {
    /** How often the epoch takes a sample. */
    int times(int sample);

    /** How often it takes the samples {@code from} to {@code end - 1} together. */
    int sum(int from, int end);
  }
}
