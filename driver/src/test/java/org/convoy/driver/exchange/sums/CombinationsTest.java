package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convoy.driver.exchange.wire.Ranks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of every {@link Combination}: the number of executors is not part of the result, nor
 * is how backward tells what it has finished, nor where a run was interrupted.
 */
@Timeout(120)
class CombinationsTest {

  private static final int STEPS = 7;

  static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Combination combination :
        List.of(
            new SynchronousSum(),
            new Bfloat16Sum(),
            new Threshold(0.1, 0),
            new Threshold(0.1, 0.05),
            new TopK(0.05, 0, 0, 0),
            new PowerSgd(1),
            new PowerSgd(3),
            new TopK(0.02, 0.9, 5, 0.5),
            new ParameterAveraging(1, false),
            new ParameterAveraging(3, false),
            new ParameterAveraging(3, true),
            new PostLocalSgd(2, 3, false),
            new SlowMomentum(2, 1, 0.5),
            new Diloco(3, 0.7, 0.9))) {
      for (int[] sizes : new int[][] {{4, 4}, {6, 3}, {12, 4}}) {
        cases.add(Arguments.of(combination, sizes[0], sizes[1]));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}, {1} micro-batches in {2} groups")
  @MethodSource("cases")
  void theNumberOfExecutorsIsNotPartOfTheResult(
      Combination combination, int microBatches, int groups) throws Exception {
    List<float[]> results = new ArrayList<>();
    for (int executors = 1; executors <= groups; executors++) {
      int size = executors;
      results.addAll(
          Ranks.run(
              size,
              exchange -> {
                try (TinyTraining training =
                    new TinyTraining(combination, exchange, microBatches, groups)) {
                  training.steps(0, STEPS);
                  return training.result(STEPS);
                }
              }));
    }
    for (float[] result : results) {
      assertArrayEquals(results.get(0), result);
    }
  }

  /** Stopped at any step by as many executors as there may be, continued by one, then by two. */
  @ParameterizedTest(name = "{0}, {1} micro-batches in {2} groups")
  @MethodSource("cases")
  void aRunGoesOnWithAnotherNumberOfExecutors(Combination combination, int microBatches, int groups)
      throws Exception {
    float[] expected =
        run(combination, microBatches, groups, 1, 0, STEPS, new TinyTraining.Saved());
    TinyTraining.Saved saved = new TinyTraining.Saved();
    run(combination, microBatches, groups, groups, 0, 2, saved);
    run(combination, microBatches, groups, 1, 2, 3, saved);
    run(combination, microBatches, groups, 2, 3, 5, saved);
    assertArrayEquals(expected, run(combination, microBatches, groups, groups, 5, STEPS, saved));
  }

  /** Takes steps from what was saved, saves again, and returns what rank 0 has then. */
  private static float[] run(
      Combination combination,
      int microBatches,
      int groups,
      int executors,
      int from,
      int to,
      TinyTraining.Saved saved)
      throws Exception {
    TinyTraining.Saved next = new TinyTraining.Saved();
    List<float[]> results =
        Ranks.run(
            executors,
            exchange -> {
              try (TinyTraining training =
                  new TinyTraining(combination, exchange, microBatches, groups)) {
                if (from > 0) {
                  training.read(from, saved);
                }
                training.steps(from, to);
                training.save(to, next);
                return training.result(to);
              }
            });
    saved.replaceWith(next);
    return results.get(0);
  }

  /** By the definition: plain loops over groups and steps, sums in the order of the tree. */
  @Test
  void averagingIsWhatItsDefinitionSays() throws Exception {
    int groups = 3;
    int microBatches = 6;
    int every = 3;
    float[] expected = TinyTraining.byDefinition(microBatches, groups, every, STEPS);
    float[] result =
        run(
            new ParameterAveraging(every, false),
            microBatches,
            groups,
            2,
            0,
            STEPS,
            new TinyTraining.Saved());
    assertArrayEquals(expected, result);
  }

  /** One group is what a single executor does, however often it is "averaged". */
  @Test
  void averagingOneGroupIsTheSynchronousSum() throws Exception {
    TinyTraining.Saved none = new TinyTraining.Saved();
    float[] sum = run(new SynchronousSum(), 4, 4, 2, 0, STEPS, none);
    float[] averaged =
        run(new ParameterAveraging(2, true), 4, 1, 1, 0, STEPS, new TinyTraining.Saved());
    assertArrayEquals(sum, averaged);
  }

  @Test
  void postLocalSgdBeginsWithAnAverageAfterEachStep() throws Exception {
    TinyTraining.Saved none = new TinyTraining.Saved();
    float[] averaged = run(new ParameterAveraging(3, true), 6, 3, 2, 0, STEPS, none);
    float[] local = run(new PostLocalSgd(3, 0, true), 6, 3, 2, 0, STEPS, new TinyTraining.Saved());
    assertArrayEquals(averaged, local, "without a first phase");
    assertEquals(
        List.of(true, true, false, true, false, true), together(new PostLocalSgd(2, 2, false)));
  }

  @Test
  void groupsStayApartUntilTheyAreAveraged() throws Exception {
    List<Boolean> everyThird = List.of(false, false, true, false, false, true);
    assertEquals(everyThird, together(new ParameterAveraging(3, false)));
    assertEquals(everyThird, together(new Diloco(3, 0.7, 0.9)));
  }

  /** Whether all copies are the same after each of six steps. */
  private static List<Boolean> together(Combination combination) throws Exception {
    List<List<Boolean>> together =
        Ranks.run(
            2,
            exchange -> {
              try (TinyTraining training = new TinyTraining(combination, exchange, 4, 4)) {
                List<Boolean> same = new ArrayList<>();
                for (int step = 0; step < 6; step++) {
                  training.steps(step, step + 1);
                  same.add(training.copiesAreTheSame());
                }
                return same;
              }
            });
    assertEquals(together.get(0), together.get(1));
    return together.get(0);
  }

  @Test
  void executorsTakeWholeGroups() {
    assertEquals(new MicroBatches(4, 8, 12, 3), MicroBatches.range(1, 3, 12, 3));
    assertEquals(new MicroBatches(0, 4, 12, 3), MicroBatches.range(0, 2, 12, 3));
    assertEquals(new MicroBatches(4, 12, 12, 3), MicroBatches.range(1, 2, 12, 3));
    IllegalArgumentException many =
        assertThrows(IllegalArgumentException.class, () -> MicroBatches.range(0, 4, 12, 3));
    assertTrue(Ranks.message(many).contains("expected 1 to 3 executors"), Ranks.message(many));
    assertThrows(IllegalArgumentException.class, () -> MicroBatches.range(0, 1, 12, 5));
    assertThrows(IllegalArgumentException.class, () -> new MicroBatches(0, 3, 12, 3));
    assertThrows(IllegalArgumentException.class, () -> new ParameterAveraging(0, false));
  }

  @Test
  void chunksAreToldAsSoonAsTheyAreWhole() {
    FinishedChunks chunks = new FinishedChunks(new Chunks(0, 95, 10));
    List<Integer> whole = new ArrayList<>();
    chunks.finished(90, 100, whole::add);
    assertEquals(List.of(9), whole, "what lies behind the chunks does not count");
    chunks.finished(25, 90, whole::add);
    assertEquals(List.of(9, 8, 7, 6, 5, 4, 3), whole);
    chunks.finished(20, 25, whole::add);
    chunks.finished(3, 3, whole::add);
    assertEquals(List.of(9, 8, 7, 6, 5, 4, 3, 2), whole);
    assertThrows(IllegalStateException.class, () -> chunks.finished(24, 26, whole::add));
    chunks.rest(whole::add);
    assertEquals(IntStream.range(0, 10).boxed().toList(), whole.stream().sorted().toList());
    chunks.reset();
    whole.clear();
    chunks.finished(0, 95, whole::add);
    assertEquals(10, whole.size());
  }

  /** What a combination says that it takes is what its arrays hold. */
  @ParameterizedTest(name = "{0}, {1} micro-batches in {2} groups")
  @MethodSource("cases")
  void statesWhatItTakes(Combination combination, int microBatches, int groups) throws Exception {
    for (int executors : new int[] {1, 2}) {
      Ranks.run(
          executors,
          exchange -> {
            MicroBatches range =
                MicroBatches.range(exchange.rank(), executors, microBatches, groups);
            long stated = combination.bytes(range, executors, TinyTraining.LAYOUT);
            try (TinyTraining training =
                new TinyTraining(combination, exchange, microBatches, groups)) {
              long vectors = TinyTraining.LAYOUT.length() * Float.BYTES;
              long copies = vectors * (training.copies() - 1);
              assertTrue(stated >= copies + vectors, stated + " bytes");
              long updated = combination.updated(range, executors, TinyTraining.LAYOUT);
              assertTrue(updated >= training.updated(), updated + " parameters");
              long saved = combination.stateBytes(range, executors, TinyTraining.LAYOUT);
              for (int steps = 1; steps <= 2; steps++) {
                training.steps(steps - 1, steps);
                long held = training.stateBytes(steps);
                assertTrue(saved >= held, saved + " bytes of state, held " + held);
              }
            }
            return 0;
          });
    }
  }
}
