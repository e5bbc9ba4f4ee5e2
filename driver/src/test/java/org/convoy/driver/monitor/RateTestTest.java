package org.convoy.driver.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Suggestions from losses that are known. */
final class RateTestTest {
  private static final int STEPS = 101;
  private static final double[] RATES =
      IntStream.range(0, STEPS).mapToDouble(i -> Math.pow(10, -5 + i * 0.06)).toArray();

  /** Falls from 3 to 1 around 10^-2, and rises from 10^-0.5 on. */
  private static double loss(double rate) {
    double x = Math.log10(rate);
    return 2 - Math.tanh(3 * (x + 2)) + (x > -0.5 ? 20 * (x + 0.5) : 0);
  }

  private static double[] losses(int finite) {
    return IntStream.range(0, STEPS)
        .mapToDouble(i -> i < finite ? loss(RATES[i]) + 0.02 * (i % 2) : Double.NaN)
        .toArray();
  }

  @Test
  void theSteepestFallIsSuggestedAndTheLeastLossNamed() {
    RateTest test = RateTest.of(RATES, losses(STEPS), 24);
    double steepest = test.points().get(test.steepest().getAsInt()).rate();
    double lowest = test.points().get(test.lowest().getAsInt()).rate();
    assertEquals(-2, Math.log10(steepest), 0.13);
    assertEquals(-0.6, Math.log10(lowest), 0.3);
    assertTrue(test.points().size() < STEPS, "the end has diverged");
    assertTrue(test.lines().get(0).startsWith("suggested  schedule.learning-rate = 0.0"));
    assertEquals(24, test.json().get("global_batch").asInt());
    assertEquals(steepest, test.json().get("suggested_rate").asDouble());
    assertTrue(test.html().contains("<svg"), test::html);
  }

  @Test
  void whatIsBehindALossThatIsNoNumberDoesNotCount() {
    RateTest test = RateTest.of(RATES, losses(70), 24);
    assertEquals(70, test.points().size());
    assertTrue(test.steepest().isPresent());
  }

  @Test
  void lossesThatNeverFallSuggestNothing() {
    double[] rising = IntStream.range(0, STEPS).mapToDouble(i -> 1 + i * 0.01).toArray();
    RateTest test = RateTest.of(RATES, rising, 24);
    assertTrue(test.steepest().isEmpty());
    assertTrue(test.json().get("suggested_rate").isNull());
    assertEquals(
        List.of("the loss falls at none of these rates: try others, or more steps"), test.lines());
    RateTest none = RateTest.of(new double[] {1}, new double[] {Double.NaN}, 24);
    assertTrue(none.points().isEmpty() && none.steepest().isEmpty());
    assertTrue(none.html().contains("<h1>"), none::html);
  }

  /** A resumed run writes some steps again; the last record counts. */
  @Test
  void stepsAreReadFromEvents() {
    List<String> lines =
        List.of(
            "{\"event\":\"run_started\"}",
            "{\"event\":\"step\",\"step\":1,\"loss\":3.0,\"learning_rate\":0.1}",
            "{\"event\":\"step\",\"step\":2,\"loss\":9.0,\"learning_rate\":0.2}",
            "{\"event\":\"step\",\"step\":2,\"loss\":2.0,\"learning_rate\":0.2}");
    RateTest test = RateTest.of(lines, 24);
    assertEquals(2, test.points().size());
    assertEquals(2, test.points().get(1).loss());
    assertEquals(0.2, test.points().get(1).rate());
  }
}
