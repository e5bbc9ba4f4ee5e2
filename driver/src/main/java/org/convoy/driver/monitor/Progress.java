package org.convoy.driver.monitor;

import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.convoy.task.Metric;

/**
 * Shows the user the progress of a run. A terminal has one live line; otherwise there is a plain
 * line every few seconds. In both cases there is one line per epoch. Safe for several threads.
 */
public final class Progress implements AutoCloseable {
  private static final double LIVE_SECONDS = 0.1;
  private static final double SMOOTHING = 0.9;

  private final Terminal terminal;
  private final int epochs;
  private final long steps;
  private final double intervalSeconds;
  private final List<Metric> metrics;
  private final LongSupplier nanoTime;

  private long firstStep = -1;
  private long firstNanos;
  private long lastStep;
  private long shownNanos;
  private double smoothLoss;
  private StepTimes times = StepTimes.NONE;

  /**
   * Progress of a run.
   *
   * @param terminal the terminal that shows it
   * @param epochs the number of the run's epochs
   * @param steps the number of the run's last step
   * @param intervalSeconds between plain lines
   * @param metrics the metrics of a validation
   */
  public Progress(
      Terminal terminal, int epochs, long steps, int intervalSeconds, List<Metric> metrics) {
    this(terminal, epochs, steps, intervalSeconds, metrics, System::nanoTime);
  }

  Progress(
      Terminal terminal,
      int epochs,
      long steps,
      int intervalSeconds,
      List<Metric> metrics,
      LongSupplier nanoTime) {
    this.metrics = List.copyOf(metrics);
    this.terminal = terminal;
    this.epochs = epochs;
    this.steps = steps;
    this.intervalSeconds = terminal.isLive() ? LIVE_SECONDS : intervalSeconds;
    this.nanoTime = nanoTime;
  }

  /** A step is done. A step number below the last one means that the run went back. */
  public synchronized void step(StepRecord step) {
    long now = nanoTime.getAsLong();
    boolean first = firstStep < 0 || step.step() <= lastStep;
    if (first) {
      firstStep = step.step();
      firstNanos = now;
      smoothLoss = step.loss();
    }
    smoothLoss = SMOOTHING * smoothLoss + (1 - SMOOTHING) * step.loss();
    lastStep = step.step();
    if (first || now - shownNanos >= intervalSeconds * 1e9) {
      shownNanos = now;
      String line = line(step, secondsLeft(now));
      if (terminal.isLive()) {
        terminal.show(line);
      } else {
        terminal.print(line);
      }
    }
  }

  /** An executor's times of the last steps. */
  public synchronized void times(StepTimes latest) {
    times = latest;
  }

  private double secondsLeft(long now) {
    long done = lastStep - firstStep;
    return done == 0 ? Double.NaN : (now - firstNanos) * 1e-9 / done * (steps - lastStep);
  }

  private String line(StepRecord step, double secondsLeft) {
    return Figures.format(
        "epoch %d/%d  step %d/%d  %s images/s  loss %s  learning rate %s%s  %s left",
        step.epoch(),
        epochs,
        step.step(),
        steps,
        Figures.rate(step.imagesPerSecond()),
        Figures.loss(smoothLoss),
        Figures.learningRate(step.learningRate()),
        exchangeWait(),
        Double.isNaN(secondsLeft) ? "-:--" : Figures.clock(secondsLeft));
  }

  /** The part of the time that an executor waits for others, if it counts. */
  private String exchangeWait() {
    double percent = 100 * times.exchangeWait() / times.total();
    return percent >= 1 ? Figures.format("  exchange wait %d%%", Math.round(percent)) : "";
  }

  /** An epoch is done, validation included. */
  public synchronized void epoch(EpochRecord epoch) {
    terminal.print(
        Figures.format(
            "epoch %d/%d done: loss %s%s, %s images/s, %s",
            epoch.epoch(),
            epochs,
            Figures.loss(epoch.trainLoss()),
            epoch.validated() ? validation(epoch) : "",
            Figures.rate(epoch.imagesPerSecond()),
            Figures.duration(epoch.seconds())));
  }

  private String validation(EpochRecord epoch) {
    return metrics.stream()
        .map(
            metric ->
                ", "
                    + metric.title().toLowerCase(Locale.ROOT)
                    + " "
                    + Figures.metric(metric, epoch.metric(metric)))
        .collect(Collectors.joining());
  }

  /** Prints any other message for the user on its own line. */
  public void message(String text) {
    terminal.print(text);
  }

  /** Removes the live line. */
  @Override
  public void close() {
    terminal.show("");
  }
}
