package org.convoy.jobs.exchange;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.driver.exchange.sums.Bfloat16Sum;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.SynchronousSum;
import org.convoy.driver.exchange.wire.ChannelSecurity;
import org.convoy.driver.exchange.wire.MeshSettings;
import org.convoy.driver.exchange.wire.Rendezvous;
import org.convoy.driver.spark.SparkSecurity;
import org.convoy.kernels.Backends;

/**
 * One executor of the benchmark: the main class of its process. It meets the others through its
 * parent: its message is a line of its output, all messages are lines of its input.
 */
final class ExchangeRank {
  static final String MEETING = "convoy-meeting ";
  static final String FIGURES = "convoy-figures ";

  /** The variable of the environment with the secret of executors that encrypt. */
  static final String SECRET = "CONVOY_BENCHMARK_SECRET";

  private final ExchangeTask task;
  private final Exchange exchange;
  private final String host;
  private final List<Double> seconds = new ArrayList<>();
  private final List<Double> waited = new ArrayList<>();
  private final List<Double> sockets = new ArrayList<>();
  private long bytesSent;

  private ExchangeRank(ExchangeTask task, Exchange exchange, String host) {
    this.task = task;
    this.exchange = exchange;
    this.host = host;
  }

  /**
   * Runs one rank.
   *
   * @param arguments the task, the rank, and the address that the others reach this one by
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream out = System.out;
    System.setOut(System.err);
    ExchangeTask task = ExchangeTask.decode(arguments[0]);
    int rank = Integer.parseInt(arguments[1]);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    MeshSettings settings =
        MeshSettings.of(Map.of(), arguments[2], "benchmark-" + rank, security(task));
    // Loads the kernels, as an executor that trains has them.
    Backends.get("onednn").machine();
    Rendezvous rendezvous = message -> meet(message, task.executors(), in, out);
    try (Exchange exchange = Exchange.open(settings, rank, task.executors(), rendezvous)) {
      ExchangeFigures figures = new ExchangeRank(task, exchange, arguments[2]).measure();
      out.println(FIGURES + new ObjectMapper().writeValueAsString(figures));
      out.flush();
    }
  }

  private static Optional<ChannelSecurity> security(ExchangeTask task) {
    return task.encrypted()
        ? Optional.ofNullable(System.getenv(SECRET)).map(SparkSecurity::encrypting)
        : Optional.empty();
  }

  private static String[] meet(String message, int executors, BufferedReader in, PrintStream out) {
    out.println(MEETING + message);
    out.flush();
    String[] all = new String[executors];
    try {
      for (int rank = 0; rank < executors; rank++) {
        all[rank] = in.readLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private ExchangeFigures measure() throws IOException, InterruptedException {
    try (SyntheticStep step = new SyntheticStep(task, exchange)) {
      for (int i = 0; i < task.warmUp(); i++) {
        timed(step);
      }
      while (bytesSent == 0 && exchange.size() > 1) {
        timed(step);
      }
      step.verify(tolerance(task.form()));
      try (RawSockets raw = new RawSockets(exchange, host, bytesSent)) {
        raw.move();
        seconds.clear();
        waited.clear();
        if (task.computeSeconds() > 0) {
          step.takeComputing(task.warmUp());
          count(step.takeComputing(task.rounds()));
        }
        while (sockets.size() < task.rounds()) {
          if (task.computeSeconds() == 0) {
            timed(step);
          }
          exchange.barrier();
          long start = System.nanoTime();
          raw.move();
          sockets.add((System.nanoTime() - start) / 1e9);
        }
      }
      step.verify(tolerance(task.form()));
    }
    return new ExchangeFigures(median(seconds), bytesSent, median(sockets), median(waited));
  }

  /** Takes a step, and counts it if it exchanged something. */
  private void timed(SyntheticStep step) {
    SyntheticStep.Taken taken = step.take();
    if (exchange.size() == 1 || taken.bytesSent() > 0) {
      count(taken);
    }
  }

  private void count(SyntheticStep.Taken taken) {
    bytesSent = Math.round(taken.bytesSent());
    seconds.add(taken.seconds());
    waited.add(taken.waitedSeconds());
  }

  /** How far a sum of gradients may be off; 0 for forms that do not send all of it at once. */
  private static double tolerance(Combination form) {
    if (form instanceof SynchronousSum) {
      return 1e-6;
    }
    return form instanceof Bfloat16Sum ? 1e-3 : 0;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
