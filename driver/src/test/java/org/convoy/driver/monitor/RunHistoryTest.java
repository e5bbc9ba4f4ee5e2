package org.convoy.driver.monitor;

import static org.convoy.driver.monitor.SampleRun.metrics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.convoy.task.Classification;
import org.junit.jupiter.api.Test;

class RunHistoryTest {
  private static final double NAN = Double.NaN;

  @Test
  void keepsEveryStepOfAShortRun() {
    RunHistory history = ofSteps(new RunHistory(8), 1, 8);
    assertEquals(8, history.steps().size());
    assertEquals(new StepRecord(3, 1, 3, 0.1, 100), history.steps().get(2));
  }

  @Test
  void thinsALongRunToMeansOverEqualSpans() {
    RunHistory history = ofSteps(new RunHistory(8), 1, 100);
    assertTrue(history.steps().size() <= 8, history.steps().toString());
    assertEquals(100, history.steps().stream().mapToInt(StepRecord::averaged).sum());
    assertEquals(new StepRecord(16, 1, 8.5, 0.1, 100, 16), history.steps().get(0));
    StepRecord last = history.steps().get(history.steps().size() - 1);
    assertEquals(new StepRecord(100, 1, 98.5, 0.1, 100, 4), last);
  }

  @Test
  void aResumedRunHasTheHistoryOfAnUndisturbedOne() {
    RunHistory whole = ofSteps(new RunHistory(), 1, 9000);
    whole.add(new EpochRecord(1, 9000, 1.5, metrics(NAN, NAN, NAN), 440, 20));
    RunHistory resumed =
        ofSteps(RunHistory.fromJson(ofSteps(new RunHistory(), 1, 5001).toJson()), 5002, 9000);
    resumed.add(new EpochRecord(1, 9000, 1.5, metrics(NAN, NAN, NAN), 440, 20));
    assertEquals(whole.steps(), resumed.steps());
    assertEquals(whole.toJson(), resumed.toJson());
    assertTrue(whole.toJson().length() < 400_000);
  }

  @Test
  void whatWasNotMeasuredStaysSo() {
    RunHistory history = new RunHistory();
    history.add(new StepRecord(1, 1, NAN, 0.1, 10));
    history.add(new EpochRecord(1, 1, 2.3, metrics(NAN, NAN, NAN), 440, 20));
    history.add(new EpochRecord(2, 2, 2.1, metrics(2.2, 0.5, 0.9), 440, 20));
    RunHistory read = RunHistory.fromJson(history.toJson());
    assertEquals(history.epochs(), read.epochs());
    assertEquals(history.steps(), read.steps());
    assertFalse(read.epochs().get(0).validated());
    assertEquals(2, read.best(new Classification().yardstick()).orElseThrow().epoch());
    assertFalse(history.toJson().contains("NaN"));
  }

  @Test
  void refusesStepsThatGoBackAndTextsThatAreNoHistory() {
    RunHistory history = ofSteps(new RunHistory(), 1, 5);
    assertThrows(
        IllegalArgumentException.class, () -> history.add(new StepRecord(5, 1, 1, 0.1, 1)));
    assertThrows(IllegalArgumentException.class, () -> RunHistory.fromJson("{\"steps\": []}"));
    assertThrows(IllegalArgumentException.class, () -> RunHistory.fromJson("{\"steps\": ["));
  }

  private static RunHistory ofSteps(RunHistory history, int from, int to) {
    IntStream.rangeClosed(from, to)
        .forEach(step -> history.add(new StepRecord(step, 1, step, 0.1, 100)));
    return history;
  }
}
