package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.convoy.driver.exchange.wire.Ranks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many executors as a large cluster has, with tiny vectors, in one process. */
@Timeout(120)
class ManyExecutorsTest {

  private static final int MANY = 64;
  private static final int STEPS = 3;

  /** What a run of some executors ended with, and cost. */
  private record Result(float[] parameters, long meetingMillis, int threads) {}

  @Test
  void manyEndWithTheBytesOfOne() throws Exception {
    float[] one = steps(new SynchronousSum(), 1).get(0).parameters();
    for (Result result : steps(new SynchronousSum(), MANY)) {
      assertArrayEquals(one, result.parameters());
    }
  }

  /** Each executor has a connection to each other one, but no thread for it. */
  @Test
  void threadsDoNotGrowWithTheNumberOfExecutors() throws Exception {
    TopK form = new TopK(0.02, 0, 0, 0);
    List<Result> few = steps(form, 8);
    List<Result> many = steps(form, MANY);
    assertArrayEquals(few.get(0).parameters(), many.get(0).parameters());
    assertEquals(8, few.get(0).threads(), "one thread for each executor, as the test sets it");
    assertEquals(MANY, many.get(0).threads());
    long slowest = many.stream().mapToLong(Result::meetingMillis).max().orElseThrow();
    assertTrue(slowest < TimeUnit.SECONDS.toMillis(30), slowest + " ms to connect");
  }

  private static List<Result> steps(Combination form, int executors) throws Exception {
    long start = System.nanoTime();
    return Ranks.run(
        executors,
        exchange -> {
          long met = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
          exchange.barrier();
          // Counted while all executors are in the room.
          int threads =
              (int)
                  Thread.getAllStackTraces().keySet().stream()
                      .filter(thread -> thread.getName().startsWith("convoy-exchange"))
                      .count();
          exchange.barrier();
          try (TinyTraining training = new TinyTraining(form, exchange, MANY, MANY)) {
            training.steps(0, STEPS);
            return new Result(training.result(STEPS), met, threads);
          }
        });
  }
}
