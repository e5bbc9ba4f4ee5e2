package org.convoy.metrics;

/**
 * A weighted mean, for example of a loss, held as two float64 sums. The last bits of floating-point
 * sums depend on their order: merge meters in a fixed order where bytes must agree.
 */
public final class MeanMeter {
  private double weightedSum;
  private double weight;

  /**
   * Adds one value to the mean.
   *
   * @param value of a sample, or the mean over several
   * @param valueWeight the number of samples that it stands for; 0 ignores the value
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

  /** Adds the values of another meter. */
  public void merge(MeanMeter other) {
    weightedSum += other.weightedSum;
    weight += other.weight;
  }

  /**
   * The mean. It is NaN if any value was NaN.
   *
   * @throws IllegalStateException if no value was added
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

  /** The weighted sum and the sum of weights. */
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
