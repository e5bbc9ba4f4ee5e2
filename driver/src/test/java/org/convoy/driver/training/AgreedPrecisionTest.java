package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.junit.jupiter.api.Test;

class AgreedPrecisionTest {

  /** A processor that has bfloat16 or has not. */
  private record Processor(boolean bfloat16) implements Backend {
    @Override
    public String name() {
      return "processor";
    }

    @Override
    public Precision effective(Precision asked) {
      return asked == Precision.BFLOAT16 && !bfloat16 ? Precision.FLOAT32 : asked;
    }

    @Override
    public Plan compile(Graph graph, PlanRequest request) {
      throw new UnsupportedOperationException("it only says what it has");
    }
  }

  private static List<Precision> agreed(Precision asked, Boolean... processors) throws Exception {
    int size = processors.length;
    byte[][] told = new byte[size][];
    CyclicBarrier barrier = new CyclicBarrier(size);
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<Future<Precision>> answers =
          IntStream.range(0, size)
              .mapToObj(
                  rank ->
                      threads.submit(
                          () ->
                              AgreedPrecision.of(
                                  new Processor(processors[rank]),
                                  asked,
                                  own -> {
                                    told[rank] = own;
                                    await(barrier);
                                    return told;
                                  })))
              .toList();
      List<Precision> all = new ArrayList<>();
      for (Future<Precision> answer : answers) {
        all.add(answer.get());
      }
      return all;
    } finally {
      threads.shutdown();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whereAllHaveItItIsTheRecipes() throws Exception {
    assertEquals(
        List.of(Precision.BFLOAT16, Precision.BFLOAT16), agreed(Precision.BFLOAT16, true, true));
  }

  @Test
  void oneThatLacksItTakesAllToFloat32() throws Exception {
    List<Precision> plain = List.of(Precision.FLOAT32, Precision.FLOAT32, Precision.FLOAT32);
    assertEquals(plain, agreed(Precision.BFLOAT16, true, true, false));
    assertEquals(plain, agreed(Precision.BFLOAT16, false, true, true));
    assertEquals(plain, agreed(Precision.BFLOAT16, false, false, false));
  }

  @Test
  void float32IsEverywhere() throws Exception {
    assertEquals(
        List.of(Precision.FLOAT32, Precision.FLOAT32), agreed(Precision.FLOAT32, true, false));
  }
}
