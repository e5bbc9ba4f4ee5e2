package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.convoy.settings.InvalidSettings;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Horizon TEN_EPOCHS = new Horizon(10, 10);

  @Test
  void constantWithWarmup() {
    LearningRate schedule = new Constant(0.8, 0.4).over(TEN_EPOCHS);
    assertEquals(0.2, schedule.at(0));
    assertEquals(0.4, schedule.at(1));
    assertEquals(0.6, schedule.at(2), 1e-15);
    assertEquals(0.8, schedule.at(3));
    assertEquals(0.8, schedule.at(1_000_000));
  }

  @Test
  void stepDropsAtItsMilestones() {
    LearningRate schedule = new Step(1, 1, List.of(3, 7), 0.5).over(TEN_EPOCHS);
    assertEquals(0.1, schedule.at(0));
    assertEquals(1, schedule.at(9));
    assertEquals(1, schedule.at(29));
    assertEquals(0.5, schedule.at(30));
    assertEquals(0.5, schedule.at(69));
    assertEquals(0.25, schedule.at(70));
    assertEquals(0.25, schedule.at(99));
  }

  @Test
  void cosineGoesFromTheRateToTheFloorExactly() {
    LearningRate schedule = new Cosine(0.1, 0, 0).over(new Horizon(101, 1));
    assertEquals(0.1, schedule.at(0));
    assertEquals(0.05, schedule.at(50), 1e-15);
    assertEquals(0.1 * (0.5 + Math.sqrt(0.125)), schedule.at(25), 1e-15);
    assertEquals(0, schedule.at(100));
    assertEquals(0, schedule.at(101));
    assertEquals(0.01, new Cosine(0.1, 0, 0.01).over(TEN_EPOCHS).at(99));
  }

  @Test
  void cosineAfterWarmUpHasOnePeakAndNoJump() {
    LearningRate schedule = new Cosine(0.1, 1, 0).over(TEN_EPOCHS);
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
    LearningRate schedule = new Cosine(1, 2, 0).over(new Horizon(4, 1));
    assertEquals(0.5, schedule.at(3));
    assertEquals(1, schedule.at(7));
  }

  @Test
  void polynomialFallsByAPowerOfTheRemainingRun() {
    LearningRate schedule = new Polynomial(0.4, 1, 2, 0).over(new Horizon(10, 11));
    assertEquals(0.04, schedule.at(0), 1e-15);
    assertEquals(0.4, schedule.at(9));
    assertEquals(0.1, schedule.at(59), 1e-15, "half of the 100 steps from 9 to 109 is left");
    assertEquals(0, schedule.at(109));
    LearningRate line = new Polynomial(1, 0, 1, 0.5).over(new Horizon(5, 1));
    assertEquals(1, line.at(0));
    assertEquals(0.875, line.at(1), 1e-15);
    assertEquals(0.5, line.at(4));
  }

  /** By hand from torch.optim.lr_scheduler.OneCycleLR with total_steps 20 and pct_start 0.25. */
  @Test
  void oneCycleRisesAndFallsInCosines() {
    LearningRate schedule = new OneCycle(1, 5, 25, 10_000).over(new Horizon(1, 20));
    assertEquals(0.04, schedule.at(0), 1e-15);
    assertEquals(0.52, schedule.at(2), 1e-15, "the middle of the rise from 0.04 to 1");
    assertEquals(1, schedule.at(4), 1e-15);
    double end = 0.04 / 10_000;
    assertEquals(end + (1 - end) * 0.75, schedule.at(9), 1e-15, "a third of the fall: cosine 0.5");
    assertEquals(end, schedule.at(19), 1e-18);
    assertEquals(end, schedule.at(25), 1e-18);
    assertEquals(1, new OneCycle(1, 0, 25, 10).over(new Horizon(1, 20)).at(0));
  }

  /** By hand from torch.optim.lr_scheduler.CosineAnnealingWarmRestarts with T_0 2 and T_mult 2. */
  @Test
  void cosineRestartsJumpBackAndGrow() {
    LearningRate schedule = new CosineRestarts(1, 0, 0.2, 2, 2).over(new Horizon(4, 20));
    assertEquals(1, schedule.at(0));
    assertEquals(0.6, schedule.at(4), 1e-15, "the middle of the first period of 8 steps");
    assertEquals(1, schedule.at(8));
    assertEquals(0.6, schedule.at(16), 1e-15, "the middle of the second period of 16 steps");
    assertTrue(schedule.at(23) < 0.21);
    assertEquals(1, schedule.at(24));
    LearningRate warm = new CosineRestarts(1, 1, 0, 2, 1).over(new Horizon(4, 20));
    assertEquals(0.25, warm.at(0), 1e-15);
    assertEquals(1, warm.at(3));
    assertEquals(1, warm.at(11), 1e-15);
  }

  /** EfficientNet's: 0.97 every 2.4 epochs. */
  @Test
  void exponentialFallsInStairsOrSmoothly() {
    LearningRate stairs = new Exponential(0.5, 0, 0.97, 2.4, false).over(new Horizon(10, 350));
    assertEquals(0.5, stairs.at(23));
    assertEquals(0.5 * 0.97, stairs.at(24), 1e-15);
    assertEquals(0.5 * 0.97 * 0.97, stairs.at(50), 1e-15);
    LearningRate smooth = new Exponential(0.5, 0, 0.97, 2.4, true).over(new Horizon(10, 350));
    assertEquals(0.5 * Math.sqrt(0.97), smooth.at(12), 1e-15);
    assertEquals(0.5 * 0.97, smooth.at(24), 1e-15);
  }

  @Test
  void badSettingsAreRefused() {
    assertThrows(InvalidSettings.class, () -> new CosineRestarts(1, 0, 0, 2, 0.5));
    assertThrows(InvalidSettings.class, () -> new Exponential(1, 0, 1.5, 2, false));
    assertThrows(InvalidSettings.class, () -> new Constant(-1, 0));
    assertThrows(InvalidSettings.class, () -> new Constant(0.1, -1));
    assertThrows(InvalidSettings.class, () -> new Cosine(0.1, 0, 0.2));
    assertThrows(InvalidSettings.class, () -> new Step(0.1, 0, List.of(2, 2), 0.1));
    assertThrows(InvalidSettings.class, () -> new Step(0.1, 0, List.of(), 0.1));
    assertThrows(IllegalArgumentException.class, () -> new Horizon(0, 1));
  }

  @Test
  void aRangeTestRisesByTheSameFactor() {
    LearningRate schedule = new RangeTest(10, 0.001, 5).over(TEN_EPOCHS);
    double[] expected = {0.001, 0.01, 0.1, 1, 10, 10};
    for (int step = 0; step < expected.length; step++) {
      assertEquals(expected[step], schedule.at(step), 1e-12 * expected[step]);
    }
  }
}
