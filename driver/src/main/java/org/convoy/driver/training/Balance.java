package org.convoy.driver.training;

import java.util.Optional;
import org.convoy.driver.config.ExecutorSettings;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.Shares;
import org.convoy.driver.monitor.StepTimes;

/**
 * Who computes which micro-batches. If the recipe says so, the executors compare at each checkpoint
 * how long a group of micro-batches takes each of them, and faster ones get more groups from then
 * on. All executors come to the same shares, because they compute them from the same numbers.
 */
final class Balance {
  /** New shares have to make the longest work shorter by this part. */
  private static final double WORTH = 0.1;

  /** Fewer steps say too little. */
  private static final long FEWEST_STEPS = 2;

  private final RunSpec spec;
  private final Exchange exchange;
  private final StepClock clock;
  private Shares shares;
  private long[] since;
  private long steps;

  Balance(RunSpec spec, Exchange exchange, StepClock clock) {
    this.spec = spec;
    this.exchange = exchange;
    this.clock = clock;
    this.shares = Shares.equal(exchange.size(), spec.groups());
    this.since = clock.spent();
  }

  /** This executor's micro-batches. */
  MicroBatches range() {
    return shares.range(exchange.rank(), spec.microBatches());
  }

  /** Counts a step. */
  void step() {
    steps++;
  }

  /**
   * Deals anew at a checkpoint, if it is worth it. All executors call this.
   *
   * @return the new shares, by which the exchange goes from now on; empty if they stay
   */
  Optional<Shares> dealAnew() {
    boolean wanted = spec.recipe().executors().balance() == ExecutorSettings.Balance.MEASURED;
    if (!wanted || exchange.size() == 1 || steps < FEWEST_STEPS) {
      return Optional.empty();
    }
    StepTimes times = StepClock.perStep(since, clock.spent(), steps);
    int groups = shares.groups().get(exchange.rank());
    double own = (times.data() + times.compute() + times.update()) * 1e-3 / groups;
    double[][] all = exchange.allGather(new double[] {own});
    double[] seconds = new double[all.length];
    for (int rank = 0; rank < seconds.length; rank++) {
      seconds[rank] = all[rank][0];
    }
    since = clock.spent();
    steps = 0;
    Shares better = Shares.measured(seconds, spec.groups());
    if (better.longest(seconds) > (1 - WORTH) * shares.longest(seconds)) {
      return Optional.empty();
    }
    shares = better;
    exchange.deal(better);
    return Optional.of(better);
  }
}
