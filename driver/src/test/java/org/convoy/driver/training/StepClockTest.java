package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.convoy.driver.monitor.StepTimes;
import org.junit.jupiter.api.Test;

class StepClockTest {

  @Test
  void everyMomentBelongsToOnePhase() throws InterruptedException {
    long start = System.nanoTime();
    StepClock clock = new StepClock();
    assertEquals(StepClock.Phase.OTHER, clock.enter(StepClock.Phase.DATA));
    Thread.sleep(20);
    assertEquals(StepClock.Phase.DATA, clock.enter(StepClock.Phase.COMPUTE));
    StepClock.Phase before = clock.enter(StepClock.Phase.UPDATE);
    Thread.sleep(30);
    assertEquals(StepClock.Phase.UPDATE, clock.enter(before));
    long[] spent = clock.spent();
    long whole = System.nanoTime() - start;
    long sum = Arrays.stream(spent).sum();
    assertTrue(sum <= whole, sum + " of " + whole);
    assertTrue(spent[StepClock.Phase.DATA.ordinal()] >= 20_000_000, Arrays.toString(spent));
    assertTrue(spent[StepClock.Phase.UPDATE.ordinal()] >= 30_000_000, Arrays.toString(spent));
    assertTrue(spent[StepClock.Phase.COMPUTE.ordinal()] < 20_000_000, Arrays.toString(spent));
    assertEquals(0, spent[StepClock.Phase.CHECKPOINT.ordinal()]);
  }

  @Test
  void aStepTakesItsPartOfWhatWasSpent() {
    long[] from = {1_000_000, 0, 0, 0, 0, 7};
    long[] to = {5_000_000, 8_000_000, 2_000_000, 1_000_000, 6_000_000, 9};
    assertEquals(new StepTimes(1, 2, 0.5, 0.25, 1.5), StepClock.perStep(from, to, 4));
    assertEquals(5.25, StepClock.perStep(from, to, 4).total());
  }
}
