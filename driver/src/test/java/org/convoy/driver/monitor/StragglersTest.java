package org.convoy.driver.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is slow, by the time of equal work. */
final class StragglersTest {
  private final Stragglers stragglers = new Stragglers();

  @Test
  void namesTheOneThatTakesLongerForTheSameWork() {
    add("0", 2, 10, 90);
    add("1", 2, 10, 90);
    add("2", 2, 10, 0);
    // Twice as long for the same two micro-batches.
    stragglers.add("3", "slow-host", 2, 10, times(200, 0));
    assertTrue(stragglers.enough());
    List<Stragglers.Straggler> found = stragglers.found();
    assertEquals(1, found.size());
    assertEquals("3", found.get(0).executor());
    assertEquals(2.0, found.get(0).factor(), 1e-9);
    // The others waited 180 of 480 ms.
    assertEquals(180.0 / 480, found.get(0).waitShare(), 1e-9);
    assertEquals(
        "executor 3 on slow-host takes 2.0 times as long as the others for the same work; they wait 38% of each step",
        found.get(0).toString());
  }

  @Test
  void whoDoesMoreWorkIsNotSlow() {
    add("0", 1, 10, 100);
    stragglers.add("1", "host", 2, 10, times(200, 0));
    assertEquals(List.of(), stragglers.found());
  }

  @Test
  void fewStepsAndOneExecutorAloneSayNothing() {
    add("0", 1, 10, 0);
    assertFalse(stragglers.enough());
    assertEquals(List.of(), stragglers.found());
    add("1", 1, Stragglers.FEWEST_STEPS - 1, 0);
    assertFalse(stragglers.enough());
    add("1", 1, 1, 0);
    assertTrue(stragglers.enough());
  }

  /** Steps in which 100 ms are own work. */
  private void add(String executor, int work, int steps, double wait) {
    stragglers.add(executor, "host", work, steps, times(100, wait));
  }

  private static StepTimes times(double compute, double wait) {
    return new StepTimes(0, compute, wait, 0, 0, wait);
  }
}
