package org.convoy.driver.training;

import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Combiner;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.optim.GlobalNorm;

/** What the executors that own the chunks of a share tell each other in an update. */
final class ShareOwners {
  private final Exchange exchange;
  private final Chunks chunks;
  private final StepClock clock;

  ShareOwners(Exchange exchange, Chunks chunks, StepClock clock) {
    this.exchange = exchange;
    this.chunks = chunks;
    this.clock = clock;
  }

  /** The numbers of all owners of a share, by rank. */
  double[][] numbers(Combiner.Share share, double[] own) {
    if (share.owners() == 1) {
      return new double[][] {own};
    }
    StepClock.Phase before = clock.enter(StepClock.Phase.EXCHANGE);
    double[][] all = exchange.allGather(own);
    clock.enter(before);
    return all;
  }

  /**
   * The norm of a share's whole gradient. This executor owns some or all of its chunks.
   *
   * @param ownSquares the sums of squares of the own chunks
   */
  double norm(Combiner.Share share, double[] ownSquares) {
    double[][] all = numbers(share, ownSquares);
    double[] squares = new double[chunks.count()];
    for (int chunk = 0; chunk < squares.length; chunk++) {
      squares[chunk] = all[chunks.owner(chunk, share.owners())][chunk / share.owners()];
    }
    return GlobalNorm.of(squares);
  }
}
