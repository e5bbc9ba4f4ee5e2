package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.convoy.driver.monitor.StepTimes;
import org.junit.jupiter.api.Test;

class StepClockTest {

  @Test
  void everyMomentBelongsToOnePhase() throws InterruptedException {
    long start = System.nanoTime();
    StepClock clock = new StepClock(() -> 0);
    assertEquals(StepClock.Phase.OTHER, clock.enter(StepClock.Phase.DATA));
    Thread.sleep(20);
    assertEquals(StepClock.Phase.DATA, clock.enter(StepClock.Phase.COMPUTE));
    StepClock.Phase before = clock.enter(StepClock.Phase.UPDATE);
    Thread.sleep(30);
    assertEquals(StepClock.Phase.UPDATE, clock.enter(before));
    long[] spent = clock.spent();
    long whole = System.nanoTime() - start;
    long sum = Arrays.stream(spent).sum();
    assertEquals(StepClock.Phase.values().length + 1, spent.length);
    assertTrue(sum <= whole, sum + " of " + whole);
    assertTrue(spent[StepClock.Phase.DATA.ordinal()] >= 20_000_000, Arrays.toString(spent));
    assertTrue(spent[StepClock.Phase.UPDATE.ordinal()] >= 30_000_000, Arrays.toString(spent));
    assertTrue(spent[StepClock.Phase.COMPUTE.ordinal()] < 20_000_000, Arrays.toString(spent));
    assertEquals(0, spent[StepClock.Phase.CHECKPOINT.ordinal()]);
  }

  @Test
  void aStepTakesItsPartOfWhatWasSpent() {
    long[] from = {1_000_000, 0, 0, 0, 0, 7, 3_000_000};
    long[] to = {5_000_000, 8_000_000, 2_000_000, 1_000_000, 6_000_000, 9, 4_000_000};
    assertEquals(new StepTimes(1, 2, 0.5, 0.25, 1.5, 0.25), StepClock.perStep(from, to, 4));
    assertEquals(5.25, StepClock.perStep(from, to, 4).total());
  }

  /** Executors wait for others in validation and checkpoints too; that is no part of a step. */
  @Test
  void waitingCountsInTheExchangeAlone() {
    AtomicLong waited = new AtomicLong(5);
    StepClock clock = new StepClock(waited::get);
    clock.enter(StepClock.Phase.EXCHANGE);
    waited.addAndGet(30);
    clock.enter(StepClock.Phase.UPDATE);
    waited.addAndGet(400);
    clock.enter(StepClock.Phase.EXCHANGE);
    waited.addAndGet(2);
    long[] spent = clock.spent();
    assertEquals(32, spent[spent.length - 1]);
  }
}
