package org.convoy.driver.training;

import org.convoy.driver.exchange.sums.Combiner;
import org.convoy.kernels.ParameterGate;

/** Waits for parameters that other executors have updated, and counts the time as exchange. */
record ReturningParameters(Combiner combiner, StepClock clock) implements ParameterGate {
  @Override
  public void await(long from, long to) {
    StepClock.Phase before = clock.enter(StepClock.Phase.EXCHANGE);
    combiner.await(from, to);
    clock.enter(before);
  }

  @Override
  public void awaitAll() {
    StepClock.Phase before = clock.enter(StepClock.Phase.EXCHANGE);
    combiner.awaitAll();
    clock.enter(before);
  }
}
