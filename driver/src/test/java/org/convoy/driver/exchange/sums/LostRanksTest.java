package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.convoy.driver.exchange.sums.TinyTraining.Moment;
import org.convoy.driver.exchange.wire.PeerLostException;
import org.convoy.driver.exchange.wire.Ranks;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Executors that are lost in the middle of a step, with each {@link Combination}: all others name
 * one that was lost, and what other executors make of the last checkpoint has the bytes of an
 * undisturbed run.
 */
@Timeout(120)
class LostRanksTest {

  private static final int EXECUTORS = 4;
  private static final int SAVED = 2;
  private static final int FAULT = 3;
  private static final int STEPS = 6;

  /** Ends the training of a rank that is lost. */
  private static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  static List<Combination> forms() {
    return List.of(
        new SynchronousSum(),
        new Bfloat16Sum(),
        new Threshold(0.1, 0.05),
        new TopK(0.02, 0.9, 5, 0.5),
        new PowerSgd(2),
        new ParameterAveraging(2, true),
        new PostLocalSgd(2, 3, false),
        new SlowMomentum(2, 1, 0.5),
        new Diloco(2, 0.7, 0.9));
  }

  /** One form of each combiner: a wait for a timeout takes its time. */
  static List<Combination> combiners() {
    return List.of(
        new SynchronousSum(),
        new TopK(0.02, 0.9, 5, 0.5),
        new PowerSgd(2),
        new ParameterAveraging(2, true));
  }

  static Stream<Arguments> killings() {
    return forms().stream()
        .flatMap(form -> Stream.of(Moment.values()).map(moment -> Arguments.of(form, moment)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("killings")
  void oneIsKilled(Combination form, Moment moment) throws Exception {
    TinyTraining.Saved saved = saved(form);
    assertNamed(Set.of(2), disturbed(form, saved, Map.of(2, moment), "60s"));
    assertGoesOn(form, saved);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void twoAreKilledInOneStep(Combination form) throws Exception {
    TinyTraining.Saved saved = saved(form);
    Map<Integer, Moment> faults = Map.of(0, Moment.BACKWARD, 3, Moment.ALL_COMPUTED);
    assertNamed(Set.of(0, 3), disturbed(form, saved, faults, "60s"));
    assertGoesOn(form, saved);
  }

  /** Its connections stay; nothing comes over them. */
  @ParameterizedTest
  @MethodSource("combiners")
  void oneIsStoppedLongerThanTheTimeout(Combination form) throws Exception {
    TinyTraining.Saved saved = saved(form);
    assertNamed(Set.of(1), disturbed(form, saved, Map.of(), "2s"));
    assertGoesOn(form, saved);
  }

  /** The checkpoint of four executors that were not disturbed. */
  private static TinyTraining.Saved saved(Combination form) throws Exception {
    TinyTraining.Saved saved = new TinyTraining.Saved();
    go(form, EXECUTORS, 0, SAVED, Optional.empty(), saved);
    return saved;
  }

  /**
   * Goes on from a checkpoint until executors are lost.
   *
   * @param killed when ranks are killed; if there are none, rank 1 stops
   * @return whom each of the others lost
   */
  private static List<Integer> disturbed(
      Combination form, TinyTraining.Saved saved, Map<Integer, Moment> killed, String timeout)
      throws Exception {
    CountDownLatch noticed = new CountDownLatch(EXECUTORS - 1);
    CyclicBarrier together = new CyclicBarrier(Math.max(1, killed.size()));
    List<Future<Optional<Integer>>> ranks =
        Ranks.start(
            EXECUTORS,
            rank ->
                Ranks.settings(
                    rank, Map.of("spark.convoy.exchange.stallTimeout", timeout), Optional.empty()),
            exchange -> {
              try (TinyTraining training = new TinyTraining(form, exchange, EXECUTORS, EXECUTORS)) {
                training.read(SAVED, saved);
                exchange.barrier();
                training.watch(
                    (step, moment) -> {
                      if (step == FAULT && killed.get(exchange.rank()) == moment) {
                        await(together);
                        Ranks.vanish(exchange);
                        throw new Lost();
                      }
                      if (step == FAULT && killed.isEmpty() && exchange.rank() == 1) {
                        await(noticed);
                        throw new Lost();
                      }
                    });
                training.steps(SAVED, STEPS);
                throw new AssertionError("rank " + exchange.rank() + " missed nobody");
              } catch (Lost e) {
                return Optional.empty();
              } catch (PeerLostException e) {
                noticed.countDown();
                String name = "rank " + e.rank() + " (executor exec-" + e.rank() + " at 127.0.0.1:";
                assertTrue(e.toString().contains(name), e::toString);
                return Optional.of(e.rank());
              }
            });
    List<Integer> named = new ArrayList<>();
    for (Future<Optional<Integer>> rank : ranks) {
      rank.get(60, TimeUnit.SECONDS).ifPresent(named::add);
    }
    assertEquals(EXECUTORS - Math.max(1, killed.size()), named.size());
    return named;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS), "the others notice");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertNamed(Set<Integer> lost, List<Integer> named) {
    assertTrue(lost.containsAll(named), named::toString);
  }

  /** Three executors, then one, then two. */
  private static void assertGoesOn(Combination form, TinyTraining.Saved saved) throws Exception {
    TinyTraining.Saved undisturbed = new TinyTraining.Saved();
    float[] expected = go(form, 1, 0, STEPS, Optional.empty(), undisturbed);
    go(form, 3, SAVED, FAULT, Optional.of(saved), saved);
    go(form, 1, FAULT, FAULT + 1, Optional.of(saved), saved);
    assertArrayEquals(expected, go(form, 2, FAULT + 1, STEPS, Optional.of(saved), saved));
  }

  /** Takes steps, saves, and returns what rank 0 has then. */
  private static float[] go(
      Combination form,
      int executors,
      int from,
      int to,
      Optional<TinyTraining.Saved> read,
      TinyTraining.Saved saved)
      throws Exception {
    TinyTraining.Saved next = new TinyTraining.Saved();
    List<float[]> results =
        Ranks.run(
            executors,
            exchange -> {
              try (TinyTraining training = new TinyTraining(form, exchange, EXECUTORS, EXECUTORS)) {
                read.ifPresent(checkpoint -> training.read(from, checkpoint));
                training.steps(from, to);
                training.save(to, next);
                return training.result(to);
              }
            });
    saved.replaceWith(next);
    return results.get(0);
  }
}
