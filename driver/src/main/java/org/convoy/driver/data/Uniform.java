package org.convoy.driver.data;

import java.util.Arrays;

/** Each sample once an epoch, but for those that fill no global batch: others in each epoch. */
public record Uniform() implements Sampling {
  @Override
  public Selection of(Labelled samples, int places, long seed) {
    return without(samples.labels().length, places, seed);
  }

  /** Each epoch leaves out the next samples on a ring. */
  static Selection without(int count, int places, long seed) {
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    if (places == count) {
      return epoch -> ones(count);
    }
    SampleRing ring = new SampleRing(all, seed, Lanes.LEFT_OUT);
    return epoch -> {
      int[] times = ones(count);
      Arrays.stream(ring.next(epoch, count - places)).forEach(sample -> times[sample] = 0);
      return times;
    };
  }

  private static int[] ones(int count) {
    int[] times = new int[count];
    Arrays.fill(times, 1);
    return times;
  }
}
