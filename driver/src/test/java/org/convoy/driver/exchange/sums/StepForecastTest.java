package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.convoy.driver.exchange.sums.StepForecast.Network;
import org.convoy.driver.exchange.wire.Ranks;
import org.convoy.driver.exchange.wire.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class StepForecastTest {

  private static final int MICRO_BATCHES = 4;

  /** So many chunks that each executor owns about as many. */
  private static final VectorLayout LAYOUT =
      new VectorLayout(
          400_000, 410_000, 1000, List.of(), List.of(new VectorLayout.Matrix(0, 500, 700)));

  static List<Combination> forms() {
    return List.of(
        new SynchronousSum(),
        new Bfloat16Sum(),
        new Auto(),
        new TopK(0.05, 0, 0, 0),
        new PowerSgd(3),
        new ParameterAveraging(2, false),
        new PostLocalSgd(2, 0, false),
        new SlowMomentum(2, 1, 0.5),
        new Diloco(4, 0.7, 0.9));
  }

  /** A form knows what it sends. */
  @ParameterizedTest
  @MethodSource("forms")
  void theLoadIsWhatIsSent(Combination form) throws Exception {
    int steps = 4;
    for (int executors : new int[] {2, 4}) {
      List<Long> sent = Ranks.run(executors, exchange -> sent(form, exchange, steps));
      MicroBatches range = MicroBatches.range(0, executors, MICRO_BATCHES);
      double stated = form.load(range, executors, LAYOUT).bytes();
      assertEquals(stated, sent.get(0) / (double) steps, 0.08 * stated, executors + " executors");
    }
  }

  private static long sent(Combination form, Exchange exchange, int steps) {
    MicroBatches range = MicroBatches.range(exchange.rank(), exchange.size(), MICRO_BATCHES);
    List<INDArray> closed = new ArrayList<>();
    INDArray parameters = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    INDArray gradient = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    closed.add(parameters);
    closed.add(gradient);
    Traffic before = exchange.traffic();
    try (Combiner combiner = form.open(exchange, range, LAYOUT, parameters, gradient)) {
      for (int step = 0; step < steps; step++) {
        for (int i = 0; i < range.count(); i++) {
          combiner.next();
          gradient.assign(step + i + 1);
          combiner.endMicroBatch(NOTHING);
        }
        combiner.endStep(step, NOTHING);
        combiner.awaitAll();
      }
    }
    closed.forEach(INDArray::close);
    return exchange.traffic().since(before).bytesSent();
  }

  private static final Combiner.Update NOTHING =
      new Combiner.Update() {
        @Override
        public void apply(Combiner.Share share) {
          // The load does not depend on values.
        }

        @Override
        public void statistics(Combiner.Share share, INDArray moments) {
          // The load does not depend on values.
        }

        @Override
        public List<List<INDArray>> state(Combiner.Share share) {
          return List.of();
        }
      };

  /** 100 MB of gradients, 20 MB of moments and 150 MB of parameters over 1 GB/s, by hand. */
  @Test
  void backwardAndForwardHideWhatIsSentMeanwhile() {
    Load load = new Load(100e6, 20e6, 150e6, 4);
    Network network = new Network(1e9, 1e-3);
    StepForecast one = new StepForecast(0.3, 1, load, network);
    assertEquals(
        0.074,
        one.waitSeconds(),
        1e-9,
        "0.2 s of backward hide all gradients, 0.1 s of forward all but 50 ms of parameters");
    assertEquals(0.374, one.seconds(), 1e-9);
    assertEquals(0.3 / 0.374, one.efficiency(), 1e-9);
    StepForecast four = new StepForecast(0.3, 4, load, network);
    assertEquals(
        0.05 + 0.02 + 0.125 + 0.004,
        four.waitSeconds(),
        1e-9,
        "the last of 4 hides 0.05 s, the first 0.025 s");
    assertEquals(1, new StepForecast(0.3, 1, Load.NOTHING, network).efficiency());
    assertThrows(IllegalArgumentException.class, () -> new Network(0, 0));
  }

  /** The figures of a 25.6-million-parameter network on 16 executors, all exposed. */
  @Test
  void moreBytesTakeLonger() {
    VectorLayout large = new VectorLayout(25_557_032, 25_610_152, 65536);
    MicroBatches range = MicroBatches.range(0, 16, 16);
    Network gigabit = new Network(1e9 / 8, 5e-4);
    double exact =
        new StepForecast(0.6, 1, new SynchronousSum().load(range, 16, large), gigabit).seconds();
    double rounded =
        new StepForecast(0.6, 1, new Bfloat16Sum().load(range, 16, large), gigabit).seconds();
    double few =
        new StepForecast(0.6, 1, new TopK(0.001, 0, 0, 0).load(range, 16, large), gigabit)
            .seconds();
    assertTrue(exact > rounded && rounded > few && few > 0.6, exact + " " + rounded + " " + few);
  }

  /** Loopback is fast enough that either may win; the choice is one, and is kept. */
  @Test
  void autoChoosesOnceForAll() throws Exception {
    int steps = FormatChoice.STEPS + 2;
    TinyTraining.Saved saved = new TinyTraining.Saved();
    List<float[]> results =
        Ranks.run(
            2,
            exchange -> {
              try (TinyTraining training = new TinyTraining(new Auto(), exchange, 4, 4)) {
                training.steps(0, steps);
                training.save(steps, saved);
                training.steps(steps, steps + 2);
                return training.result(steps + 2);
              }
            });
    assertArrayEquals(results.get(0), results.get(1));
    List<float[]> resumed =
        Ranks.run(
            3,
            exchange -> {
              try (TinyTraining training = new TinyTraining(new Auto(), exchange, 4, 4)) {
                training.read(steps, saved);
                training.steps(steps, steps + 2);
                return training.result(steps + 2);
              }
            });
    assertArrayEquals(results.get(0), resumed.get(0));
  }

  /** Before the choice, and where there is none to make, float32 is sent. */
  @Test
  void autoBeginsExactly() throws Exception {
    for (int executors : new int[] {1, 2}) {
      for (float[] result : Ranks.run(executors, exchange -> steps(new Auto(), exchange))) {
        assertArrayEquals(
            Ranks.run(1, exchange -> steps(new SynchronousSum(), exchange)).get(0), result);
      }
    }
  }

  private static float[] steps(Combination form, Exchange exchange) {
    try (TinyTraining training = new TinyTraining(form, exchange, 4, 4)) {
      training.steps(0, FormatChoice.STEPS - 1);
      return training.result(FormatChoice.STEPS - 1);
    }
  }
}
