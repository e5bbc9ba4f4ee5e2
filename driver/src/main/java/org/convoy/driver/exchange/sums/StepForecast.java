package org.convoy.driver.exchange.sums;

/**
 * A prediction of the time of a step, where all executors compute alike and each has a network
 * connection of its own. What is sent during backward is hidden behind the backward pass of the
 * executor's last micro-batch, and what returns during forward behind the forward pass of its
 * first; the rest is waited for, and so is what the training thread takes to convert what is
 * exchanged. The time of the optimizer is part of the computing.
 *
 * @param computeSeconds of the executor's micro-batches and the update
 * @param microBatches of the executor
 * @param load what it sends
 * @param network the connection
 */
public record StepForecast(double computeSeconds, int microBatches, Load load, Network network) {

  /** Backward computes the gradients of data and of weights, forward one product as large. */
  private static final double BACKWARD = 2.0 / 3;

  /**
   * How fast one thread goes over float32 numbers to pack or unpack them: measured at 8 to 12 GB/s
   * on a core with AVX-512.
   */
  private static final double PASSED_BYTES_PER_SECOND = 10e9;

  /**
   * An executor's connection.
   *
   * @param bytesPerSecond of what is exchanged, each way, without the headers of packets
   * @param latencySeconds from one executor to another
   */
  public record Network(double bytesPerSecond, double latencySeconds) {
    public Network {
      if (!(bytesPerSecond > 0) || !(latencySeconds >= 0)) {
        throw new IllegalArgumentException(
            "expected a bandwidth above 0 and a latency of 0 or more, got "
                + bytesPerSecond
                + " bytes/s and "
                + latencySeconds
                + " s");
      }
    }
  }

  /** The time in which computing has to wait for the exchange. */
  public double waitSeconds() {
    double each = microBatches == 0 ? 0 : computeSeconds / microBatches;
    return exposed(load.duringBackward(), BACKWARD * each)
        + load.afterBackward() / network.bytesPerSecond()
        + exposed(load.duringForward(), (1 - BACKWARD) * each)
        + load.passed() / PASSED_BYTES_PER_SECOND
        + load.rounds() * network.latencySeconds();
  }

  private double exposed(double bytes, double windowSeconds) {
    return Math.max(0, bytes / network.bytesPerSecond() - windowSeconds);
  }

  /** The time of a step. */
  public double seconds() {
    return computeSeconds + waitSeconds();
  }

  /** The part of the step in which the executor computes: its weak scaling. */
  public double efficiency() {
    return computeSeconds / seconds();
  }
}
