package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Horizon TEN_EPOCHS = new Horizon(10, 10);

  @Test
  void constantWithWarmup() {
    Schedule schedule = Schedule.constant(0.8).withWarmup(4);
    assertEquals(0.2, schedule.at(0));
    assertEquals(0.4, schedule.at(1));
    assertEquals(0.6, schedule.at(2), 1e-15);
    assertEquals(0.8, schedule.at(3));
    assertEquals(0.8, schedule.at(1_000_000));
  }

  @Test
  void stepDropsAtItsMilestones() {
    Schedule schedule = Schedule.step(1, 0.5, List.of(3.0, 6.55), TEN_EPOCHS).withWarmup(10);
    assertEquals(0.1, schedule.at(0));
    assertEquals(1, schedule.at(9));
    assertEquals(1, schedule.at(29));
    assertEquals(0.5, schedule.at(30));
    assertEquals(0.5, schedule.at(65));
    assertEquals(0.25, schedule.at(66));
    assertEquals(0.25, schedule.at(99));
  }

  @Test
  void cosineGoesFromTheRateToTheFloorExactly() {
    Schedule schedule = Schedule.cosine(0.1, 0, new Horizon(101, 1));
    assertEquals(0.1, schedule.at(0));
    assertEquals(0.05, schedule.at(50), 1e-15);
    assertEquals(0.1 * (0.5 + Math.sqrt(0.125)), schedule.at(25), 1e-15);
    assertEquals(0, schedule.at(100));
    assertEquals(0, schedule.at(101));
    assertEquals(0.01, Schedule.cosine(0.1, 0.01, TEN_EPOCHS).at(99));
  }

  @Test
  void cosineBehindWarmupHasItsPeakOnceAndNoJump() {
    Schedule schedule = Schedule.cosine(0.1, 0, TEN_EPOCHS).withWarmup(10);
    assertEquals(0.01, schedule.at(0), 1e-15);
    assertEquals(0.1, schedule.at(9));
    assertTrue(schedule.at(10) < 0.1 && schedule.at(10) > 0.099);
    assertEquals(0.05, schedule.at(54), 1e-15);
    assertEquals(0, schedule.at(99));
    for (int step = 10; step < 99; step++) {
      assertTrue(schedule.at(step) < schedule.at(step - 1), "falls at step " + step);
    }
  }

  @Test
  void warmupAsLongAsTheRunOrLongerOnlyRises() {
    Schedule schedule = Schedule.cosine(1, 0, new Horizon(4, 1)).withWarmup(8);
    assertEquals(0.5, schedule.at(3));
    assertEquals(1, schedule.at(7));
  }

  @Test
  void badSettingsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant(-1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.cosine(0.1, 0.2, TEN_EPOCHS));
    assertThrows(
        IllegalArgumentException.class,
        () -> Schedule.step(0.1, 0.1, List.of(2.0, 2.0), TEN_EPOCHS));
    assertThrows(IllegalArgumentException.class, () -> new Horizon(0, 1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant(0.1).withWarmup(-1));
  }
}
