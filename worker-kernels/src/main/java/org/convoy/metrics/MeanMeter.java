package org.convoy.metrics;

/**
 * A weighted mean, of a loss for example, kept as two float64 sums. Sums of floating-point numbers
 * depend on their order in the last bits: merge meters in a fixed order where bytes must agree.
 */
public final class MeanMeter {
  private double weightedSum;
  private double weight;

  /**
   * Takes one value into the mean.
   *
   * @param value of a sample, or the mean over several
   * @param valueWeight how many samples it stands for; 0 leaves the meter as it is, whatever the
   *     value
   * @throws IllegalArgumentException if the weight is negative or not a number
   */
  public void add(double value, double valueWeight) {
    if (!(valueWeight >= 0)) {
      throw new IllegalArgumentException("expected a weight of at least 0, got " + valueWeight);
    }
    if (valueWeight > 0) {
      weightedSum += value * valueWeight;
      weight += valueWeight;
    }
  }

  /** Adds what another metered. */
  public void merge(MeanMeter other) {
    weightedSum += other.weightedSum;
    weight += other.weight;
  }

  /**
   * The mean. Not a number once a value was not.
   *
   * @throws IllegalStateException while nothing was added: nothing has no mean
   */
  public double mean() {
    if (weight == 0) {
      throw new IllegalStateException("there is no mean of nothing");
    }
    return weightedSum / weight;
  }

  /** Sum of the weights. */
  public double weight() {
    return weight;
  }

  /** Weighted sum, sum of weights. */
  public double[] toDoubles() {
    return new double[] {weightedSum, weight};
  }

  /** The meter that {@link #toDoubles} wrote. */
  public static MeanMeter fromDoubles(double[] values) {
    if (values.length != 2 || !(values[1] >= 0)) {
      throw new IllegalArgumentException(
          "expected a sum and a weight of at least 0, got " + java.util.Arrays.toString(values));
    }
    MeanMeter meter = new MeanMeter();
    meter.weightedSum = values[0];
    meter.weight = values[1];
    return meter;
  }
}
