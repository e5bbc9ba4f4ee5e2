package org.convoy.jobs.rivals;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How one entrant did.
 *
 * @param name of the entrant
 * @param variant that was timed
 * @param precision that it computed with
 * @param imagesPerSecond of each round, from the round's median step
 * @param peakBytes by which its process's peak of resident memory rose above what was resident
 *     before the network was built
 * @param agreement of its results with Convoy's
 */
public record Standing(
    String name,
    String variant,
    Task.Precision precision,
    List<Double> imagesPerSecond,
    long peakBytes,
    Agreement agreement) {
  public Standing {
    imagesPerSecond = List.copyOf(imagesPerSecond);
  }

  /** The median over the rounds. */
  public double medianImagesPerSecond() {
    return median(imagesPerSecond.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** This entrant's speed over another's, round by round. */
  public List<Double> ratiosTo(Standing other) {
    if (imagesPerSecond.size() != other.imagesPerSecond.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has %d rounds, %s has %d",
              name,
              imagesPerSecond.size(),
              other.name,
              other.imagesPerSecond.size()));
    }
    return IntStream.range(0, imagesPerSecond.size())
        .mapToObj(i -> imagesPerSecond.get(i) / other.imagesPerSecond.get(i))
        .toList();
  }

  /** The median of {@link #ratiosTo}: above 1 where this entrant is the faster. */
  public double ratioTo(Standing other) {
    return median(ratiosTo(other).stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** This entrant's memory over another's: below 1 where this one needs less. */
  public double memoryRatioTo(Standing other) {
    return (double) peakBytes / other.peakBytes;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
