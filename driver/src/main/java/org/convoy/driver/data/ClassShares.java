package org.convoy.driver.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A fixed number of places in each epoch for each class. A class gives its samples in turn: none is
 * taken again before all others of its class were.
 */
final class ClassShares implements Selection {
  private static final long RING = 4;

  private final List<SampleRing> rings = new ArrayList<>();
  private final int[] places;
  private final int count;

  /**
   * @param shares of the classes, in any unit; that of a class without samples does not count
   * @param total places of an epoch
   */
  ClassShares(Sampling.Labelled samples, double[] shares, int total, long seed) {
    long[] counts = samples.counts();
    double[] there =
        IntStream.range(0, shares.length).mapToDouble(c -> counts[c] > 0 ? shares[c] : 0).toArray();
    this.count = samples.count();
    this.places = places(there, total);
    int[][] own = new int[shares.length][];
    Arrays.setAll(own, c -> new int[Math.toIntExact(counts[c])]);
    int[] filled = new int[shares.length];
    for (int sample = 0; sample < count; sample++) {
      int label = samples.label().applyAsInt(sample);
      own[label][filled[label]++] = sample;
    }
    for (int c = 0; c < shares.length; c++) {
      rings.add(SampleRing.of(own[c], seed, RING, c));
    }
  }

  /**
   * Whole numbers in proportion to shares, by the largest remainders; of equal ones the first class
   * has it.
   */
  static int[] places(double[] shares, int total) {
    double sum = 0;
    for (double share : shares) {
      sum += share;
    }
    int[] places = new int[shares.length];
    double[] rest = new double[shares.length];
    int left = total;
    for (int c = 0; c < shares.length; c++) {
      double exact = total * (shares[c] / sum);
      places[c] = (int) Math.floor(exact);
      rest[c] = exact - places[c];
      left -= places[c];
    }
    List<Integer> byRest =
        IntStream.range(0, shares.length)
            .filter(c -> shares[c] > 0)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer c) -> rest[c]).reversed())
            .toList();
    for (int i = 0; i < left; i++) {
      places[byRest.get(i % byRest.size())]++;
    }
    return places;
  }

  @Override
  public Taken epoch(int epoch) {
    int[] times = new int[count];
    for (int c = 0; c < places.length; c++) {
      if (places[c] > 0) {
        rings.get(c).count(epoch, places[c], times);
      }
    }
    return new Counted(times);
  }

  @Override
  public boolean repeats() {
    return true;
  }

  @SuppressWarnings("ArrayRecordComponent") // It is never compared or changed.
  private record Counted(int[] counts) implements Taken {
    @Override
    public int times(int sample) {
      return counts[sample];
    }

    @Override
    public int sum(int from, int end) {
      return IntStream.range(from, end).map(sample -> counts[sample]).sum();
    }
  }
}
