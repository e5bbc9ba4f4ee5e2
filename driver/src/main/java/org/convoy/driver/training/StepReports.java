package org.convoy.driver.training;

import java.util.function.Consumer;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Exchange;

/**
 * Reports steps to the driver, several at a time if they are short. Rank 0 reports losses; each
 * executor reports its time by activity. There is one object for each epoch.
 */
final class StepReports {
  private static final double INTERVAL_NANOS = 0.25e9;

  /**
   * With at least this many executors, each reports less often, because the driver receives all
   * reports.
   */
  private static final int CROWD = 8;

  private final Exchange exchange;
  private final String executor;
  private final int globalBatch;
  private final int microBatches;
  private final StepClock clock;
  private final Consumer<Message> driver;
  private final Stopping stopping;
  private final double interval;
  private long since = System.nanoTime();
  private long[] spent;
  private double losses;
  private int steps;

  /**
   * @param executor Spark's id of this executor
   * @param recipe says whether each step is reported
   * @param microBatches that this executor computes in a step
   */
  StepReports(
      Exchange exchange,
      String executor,
      Recipe recipe,
      int microBatches,
      StepClock clock,
      Consumer<Message> driver,
      Stopping stopping) {
    this.exchange = exchange;
    this.executor = executor;
    this.globalBatch = recipe.batch().globalSize();
    this.microBatches = microBatches;
    this.clock = clock;
    this.driver = driver;
    this.stopping = stopping;
    boolean everyStep = recipe.monitor().everyStep();
    this.interval = everyStep ? -1 : INTERVAL_NANOS * Math.max(1, exchange.size() / CROWD);
    this.spent = clock.spent();
  }

  /**
   * Counts a step, and reports if it is time.
   *
   * @param step the number of steps done since the run's beginning
   * @param loss mean over the global batch
   * @param rate the learning rate of its update
   * @param last whether no other step of this epoch follows
   */
  void add(long step, int epoch, double loss, double rate, boolean last) {
    losses += loss;
    steps++;
    long now = System.nanoTime();
    if (!last && now - since <= interval) {
      return;
    }
    if (exchange.rank() == 0) {
      stopping.report(
          new Message.Progressed(
              step, epoch, losses / steps, rate, (long) steps * globalBatch, now - since));
    }
    long[] all = clock.spent();
    driver.accept(
        new Message.Timed(
            exchange.rank(),
            executor,
            step,
            steps,
            microBatches,
            StepClock.perStep(spent, all, steps)));
    spent = all;
    since = now;
    losses = 0;
    steps = 0;
  }
}
