package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.convoy.driver.exchange.sums.StepForecast.Network;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the {@link WireFormat} of a run: times the first steps, measures the network, and takes
 * the format whose step is predicted to be faster. All executors choose alike, by the slowest
 * executor's figures.
 */
final class FormatChoice implements AutoCloseable {

  /** The native bytes of {@link #state}. */
  static final long STATE_BYTES = Float.BYTES;

  private static final Logger log = LoggerFactory.getLogger(FormatChoice.class);

  /** The number of steps after which the choice is made. The first half of them is not timed. */
  static final int STEPS = 8;

  /** Float32 is kept if another format is not faster by this part. */
  private static final double WORTH = 0.02;

  private static final int PROBES = 5;

  private final Exchange exchange;
  private final MicroBatches range;
  private final VectorLayout layout;
  private final INDArray chosen = Nd4j.create(DataType.FLOAT, 1);
  private final List<Double> computed = new ArrayList<>();
  private long began;
  private long waited;

  FormatChoice(Exchange exchange, MicroBatches range, VectorLayout layout) {
    this.exchange = exchange;
    this.range = range;
    this.layout = layout;
  }

  /** The format in use: float32 until one is chosen. */
  WireFormat format() {
    int number = (int) chosen.getFloat(0);
    return number == 0 ? WireFormat.FLOAT32 : WireFormat.values()[number - 1];
  }

  private boolean open() {
    return chosen.getFloat(0) == 0 && exchange.size() > 1;
  }

  /** The executor begins to compute its share of a step. */
  void began() {
    began = System.nanoTime();
    waited = exchange.traffic().nanosWaited();
  }

  /** The executor has computed its share of a step. What it waited for others does not count. */
  void computed() {
    long waitedSince = exchange.traffic().nanosWaited() - waited;
    computed.add((System.nanoTime() - began - waitedSince) / 1e9);
  }

  /**
   * A step has ended. Makes the choice if it is time.
   *
   * @param steps done so far
   * @param scratch as long as the trained parameters
   */
  void ended(long steps, INDArray scratch) {
    if (!open() || steps < STEPS) {
      return;
    }
    Network measured = measure(scratch);
    double[] own = {
      median(computed.subList(computed.size() / 2, computed.size())),
      1 / measured.bytesPerSecond(),
      measured.latencySeconds()
    };
    double[] slowest = own.clone();
    for (double[] told : exchange.allGather(own)) {
      for (int i = 0; i < slowest.length; i++) {
        slowest[i] = Math.max(slowest[i], told[i]);
      }
    }
    Network network = new Network(1 / slowest[1], slowest[2]);
    double exact = forecast(WireFormat.FLOAT32, slowest[0], network);
    double rounded = forecast(WireFormat.BFLOAT16, slowest[0], network);
    WireFormat format = rounded < (1 - WORTH) * exact ? WireFormat.BFLOAT16 : WireFormat.FLOAT32;
    chosen.putScalar(0, 1 + format.ordinal());
    if (exchange.rank() == 0) {
      log.info(
          "{}",
          String.format(
              Locale.ROOT,
              "exchange.combine = auto: %.0f MB/s and %.2f ms between executors; a step is predicted"
                  + " to take %.1f ms with synchronous-sum and %.1f ms with bfloat16-sum; from step"
                  + " %d on it is %s",
              network.bytesPerSecond() / 1e6,
              network.latencySeconds() * 1e3,
              exact * 1e3,
              rounded * 1e3,
              steps + 1,
              format == WireFormat.FLOAT32 ? "synchronous-sum" : "bfloat16-sum"));
    }
  }

  private double forecast(WireFormat format, double computeSeconds, Network network) {
    int most = (range.groups() + exchange.size() - 1) / exchange.size() * range.perGroup();
    Load load = SumCosts.load(format, range, exchange.size(), layout);
    return new StepForecast(computeSeconds, most, load, network).seconds();
  }

  private Network measure(INDArray scratch) {
    List<Double> latencies = new ArrayList<>();
    List<Double> times = new ArrayList<>();
    for (int probe = 0; probe < PROBES; probe++) {
      exchange.barrier();
      long start = System.nanoTime();
      exchange.barrier();
      long middle = System.nanoTime();
      exchange.allGather(layout.trainedChunks(), scratch);
      latencies.add((middle - start) / 1e9);
      times.add((System.nanoTime() - middle) / 1e9);
    }
    double latency = median(latencies);
    double bytes = Load.allGather(exchange.size(), layout.trainedChunks().elements());
    return new Network(bytes / Math.max(1e-6, median(times) - latency), latency);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  List<Combiner.State> state() {
    return List.of(new Combiner.State("wire-format", 0, chosen, true));
  }

  @Override
  public void close() {
    chosen.close();
  }
}
