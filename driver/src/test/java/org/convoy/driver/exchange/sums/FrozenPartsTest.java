package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convoy.driver.exchange.wire.Ranks;
import org.convoy.driver.exchange.wire.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What never moves is not sent and has no state, and what moves ends with the same bytes. */
@Timeout(120)
class FrozenPartsTest {

  private static final int STEPS = 5;
  private static final int GROUPS = 4;

  /** What a run left. */
  private record Result(float[] values, long sent, long updated, long state) {}

  static Stream<Combination> forms() {
    return CombinationsTest.cases()
        .map(each -> Objects.requireNonNull((Combination) each.get()[0]))
        .distinct();
  }

  private static List<Result> run(Combination form, int executors, VectorLayout layout, int stop)
      throws Exception {
    TinyTraining.Saved saved = new TinyTraining.Saved();
    Shares shares = Shares.equal(executors, GROUPS);
    if (stop > 0) {
      Ranks.run(
          GROUPS,
          exchange -> {
            Shares all = Shares.equal(GROUPS, GROUPS);
            try (TinyTraining training = new TinyTraining(form, exchange, GROUPS, all, layout)) {
              training.steps(0, stop);
              training.save(stop, saved);
              return 0;
            }
          });
    }
    return Ranks.run(
        executors,
        exchange -> {
          Traffic before = exchange.traffic();
          try (TinyTraining training = new TinyTraining(form, exchange, GROUPS, shares, layout)) {
            if (stop > 0) {
              training.read(stop, saved);
            }
            training.steps(stop, STEPS);
            long sent = exchange.traffic().since(before).bytesSent();
            return new Result(
                training.result(STEPS), sent, training.updated(), training.stateBytes(STEPS));
          }
        });
  }

  /** Whatever the number of executors, and across a checkpoint in the middle. */
  @ParameterizedTest
  @MethodSource("forms")
  void whatIsFrozenKeepsItsBitsAndTheRestDoesNotDependOnExecutors(Combination form)
      throws Exception {
    float[] expected = run(form, 1, TinyTraining.FROZEN, 0).get(0).values();
    for (int executors = 1; executors <= GROUPS; executors++) {
      for (int stop : new int[] {0, 2}) {
        for (Result result : run(form, executors, TinyTraining.FROZEN, stop)) {
          assertArrayEquals(expected, result.values(), executors + " executors, stop " + stop);
        }
      }
    }
    float[] start = TinyTraining.start();
    for (VectorLayout.Range range : TinyTraining.FROZEN.still()) {
      for (int i = (int) range.from(); i < range.to(); i++) {
        assertEquals(start[i], expected[i], "element " + i);
      }
    }
  }

  /** The forms that treat each element by itself. */
  @Test
  void whatMovesEndsAsInARunInWhichAllMoves() throws Exception {
    List<Combination> forms =
        List.of(new SynchronousSum(), new Bfloat16Sum(), new ParameterAveraging(3, true));
    for (Combination form : forms) {
      float[] all = run(form, 2, TinyTraining.LAYOUT, 0).get(0).values();
      float[] part = run(form, 2, TinyTraining.FROZEN, 0).get(0).values();
      for (VectorLayout.Range range : TinyTraining.FROZEN.moving()) {
        for (int i = (int) range.from(); i < range.to(); i++) {
          assertEquals(all[i], part[i], form + ", element " + i);
        }
      }
    }
  }

  /** 580 of the 1050 elements are in chunks. */
  @ParameterizedTest
  @MethodSource("forms")
  void whatIsFrozenIsNeitherSentNorKept(Combination form) throws Exception {
    MicroBatches range = MicroBatches.range(0, 2, GROUPS);
    for (int stop : new int[] {0, 1}) {
      Result all = run(form, 2, TinyTraining.LAYOUT, stop).get(0);
      Result part = run(form, 2, TinyTraining.FROZEN, stop).get(0);
      assertTrue(part.sent() < 0.8 * all.sent(), part.sent() + " of " + all.sent() + " bytes");
      assertTrue(part.updated() < 0.6 * all.updated(), part.updated() + " parameters");
      assertTrue(part.state() <= 0.8 * all.state(), part.state() + " of " + all.state());
      assertTrue(form.updated(range, 2, TinyTraining.FROZEN) >= part.updated());
      assertTrue(form.stateBytes(range, 2, TinyTraining.FROZEN) >= part.state());
    }
  }

  @Test
  void chunksAreThePartsOfCellsInWhichSomethingMoves() {
    Chunks chunks = TinyTraining.FROZEN.trainedChunks();
    List<String> parts = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      long end = chunks.start(chunk) + chunks.length(chunk);
      parts.add(chunks.cell(chunk) + ": " + chunks.start(chunk) + "-" + end);
    }
    assertEquals(
        List.of("2: 240-300", "3: 300-400", "4: 400-500", "7: 700-800", "8: 800-900", "9: 900-980"),
        parts);
    assertEquals(540, chunks.elements());
    assertEquals(260, chunks.placeOf(700));
    assertEquals(980, chunks.end());
    assertEquals(280, chunks.mostOwned(2));
    int[] following = IntStream.of(0, 240, 499, 500, 979, 980).map(chunks::following).toArray();
    assertArrayEquals(new int[] {0, 0, 2, 3, 5, 6}, following);
    List<Integer> whole = new ArrayList<>();
    FinishedChunks finished = new FinishedChunks(chunks);
    finished.finished(600, 1050, whole::add);
    finished.finished(0, 350, whole::add);
    finished.finished(350, 600, whole::add);
    assertEquals(List.of(5, 4, 3, 0, 2, 1), whole);
  }
}
