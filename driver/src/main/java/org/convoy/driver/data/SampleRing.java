package org.convoy.driver.data;

import java.util.Arrays;

/**
 * Some samples on a ring, which is shuffled once from the seed. Each epoch goes on where the epoch
 * before ended. So all samples are taken equally often: at any time, two differ by one at most.
 */
final class SampleRing {
  private final int[] samples;

  /**
   * @param samples are shuffled and kept
   * @param keys of the shuffle
   */
  SampleRing(int[] samples, long... keys) {
    this.samples = samples;
    new KeyedShuffle(keys).shuffle(samples, 0, samples.length);
  }

  /**
   * The next samples of an epoch.
   *
   * @param epoch from 0
   * @param places how many each epoch takes, at most the number of samples
   */
  int[] next(int epoch, int places) {
    int[] taken = new int[places];
    long start = (long) epoch * places % samples.length;
    for (int i = 0; i < places; i++) {
      taken[i] = samples[(int) ((start + i) % samples.length)];
    }
    return taken;
  }

  /**
   * Adds how often an epoch takes each sample.
   *
   * @param epoch from 0
   * @param places how many each epoch takes, any number
   * @param times by sample
   */
  void count(int epoch, int places, int[] times) {
    int whole = places / samples.length;
    Arrays.stream(samples).forEach(sample -> times[sample] += whole);
    Arrays.stream(next(epoch, places % samples.length)).forEach(sample -> times[sample]++);
  }
}
