package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.convoy.driver.exchange.wire.ExchangeException;
import org.convoy.driver.exchange.wire.Ranks;
import org.convoy.driver.exchange.wire.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ExchangeTest {

  private static final int STEPS = 2;

  @ParameterizedTest(name = "M={0}, {1} floats in chunks of {2}")
  @CsvSource({
    "8, 150001, 65536",
    "8, 1000, 64",
    "8, 3, 1",
    "8, 1, 65536",
    "13, 70003, 4096",
    "9, 12345, 1000",
    "16, 66000, 65536"
  })
  void numberOfExecutorsIsNotPartOfTheSum(int total, int length, int floats) throws Exception {
    float[] expected = Gradients.sum(0, total, length);
    for (int size : new int[] {1, 2, 3, 4, 5, 8}) {
      List<float[]> sums = Ranks.run(size, exchange -> steps(exchange, total, length, floats));
      for (float[] sum : sums) {
        assertArrayEquals(expected, sum, "with " + size + " executors");
      }
    }
  }

  private static float[] steps(Exchange exchange, int total, int length, int floats) {
    Chunks chunks = new Chunks(0, length, floats);
    MicroBatches range = MicroBatches.range(exchange.rank(), exchange.size(), total);
    INDArray vector = Nd4j.zeros(DataType.FLOAT, length);
    try (PartialSums partials = new PartialSums(range, length)) {
      for (int step = 0; step < STEPS; step++) {
        // In place and out of place are to give the same.
        INDArray sum = step == 0 ? partials.first() : vector;
        for (int i = range.from(); i < range.to(); i++) {
          partials.add(Gradients.array(i, length));
        }
        exchange.reduceScatter(partials, chunks, sum);
        exchange.allGather(chunks, sum);
        if (step == 0) {
          vector.assign(sum);
        }
      }
    }
    return vector.toFloatVector();
  }

  @Test
  void leavesTheRestOfTheVectorAlone() throws Exception {
    List<float[]> vectors =
        Ranks.run(
            2,
            exchange -> {
              INDArray vector = Nd4j.create(new float[] {0, 1, 2, 3, 4, 5, 6, 7});
              vector.addi(10 * exchange.rank());
              exchange.allGather(new Chunks(2, 6, 1), vector);
              return vector.toFloatVector();
            });
    assertArrayEquals(new float[] {0, 1, 2, 13, 4, 15, 6, 7}, vectors.get(0));
    assertArrayEquals(new float[] {10, 11, 2, 13, 4, 15, 16, 17}, vectors.get(1));
  }

  @Test
  void chunksMayLeaveAsBackwardFinishesThem() throws Exception {
    int length = 100_000;
    int total = 6;
    List<float[]> sums =
        Ranks.run(
            3,
            exchange -> {
              Chunks chunks = new Chunks(0, length, 1000);
              MicroBatches range = MicroBatches.range(exchange.rank(), exchange.size(), total);
              try (PartialSums partials = new PartialSums(range, length)) {
                INDArray sum = partials.first();
                ReduceScatter reduction = exchange.beginReduceScatter(partials, chunks, sum);
                partials.add(Gradients.array(range.from(), length));
                INDArray last = Gradients.array(range.from() + 1, length);
                for (int chunk = 100; chunk > 0; chunk -= 10) {
                  partials.add(last, chunks.start(chunk - 10), chunk * 1000L);
                  reduction.offer(chunk - 10, chunk);
                }
                partials.advance();
                reduction.finish();
                exchange.allGather(chunks, sum);
                return sum.toFloatVector();
              }
            });
    for (float[] sum : sums) {
      assertArrayEquals(Gradients.sum(0, total, length), sum);
    }
  }

  @Test
  void gathersNumbersInTheOrderOfRanks() throws Exception {
    List<double[][]> all =
        Ranks.run(
            4,
            exchange -> {
              double[] own = new double[exchange.rank()];
              java.util.Arrays.fill(own, 0.1 + exchange.rank());
              exchange.barrier();
              return exchange.allGather(own);
            });
    for (double[][] numbers : all) {
      assertEquals(4, numbers.length);
      assertArrayEquals(new double[0], numbers[0]);
      assertArrayEquals(new double[] {3.1, 3.1, 3.1}, numbers[3]);
    }
    byte[] word = {1, 2, 3};
    for (byte[] heard : Ranks.run(3, e -> e.broadcast(1, e.rank() == 1 ? word : new byte[0]))) {
      assertArrayEquals(word, heard);
    }
  }

  /** A rank that has not asked for frames yet does not read them: they cost it no memory. */
  @Test
  void aRankThatRunsAheadIsHeldBack() throws Exception {
    int length = 8_000_000;
    long half = 2L * length;
    List<Long> early =
        Ranks.run(
            2,
            exchange -> {
              Chunks chunks = Chunks.over(0, length);
              INDArray vector = Nd4j.valueArrayOf(new long[] {length}, 1f + exchange.rank());
              Traffic before = exchange.traffic();
              if (exchange.rank() == 1) {
                Thread.sleep(500); // Rank 0 has long sent what the network takes.
              }
              long read = exchange.traffic().since(before).bytesReceived();
              exchange.allGather(chunks, vector);
              for (int chunk = 0; chunk < chunks.count(); chunk++) {
                float expected = 1f + chunks.owner(chunk, 2);
                assertEquals(expected, vector.getFloat(chunks.start(chunk)), "chunk " + chunk);
                long last = chunks.start(chunk) + chunks.length(chunk) - 1;
                assertEquals(expected, vector.getFloat(last), "chunk " + chunk);
              }
              assertTrue(exchange.traffic().since(before).bytesReceived() > 0.9 * half);
              return read;
            });
    assertTrue(early.get(1) < half / 4, "rank 1 had read " + early.get(1) + " bytes");
  }

  @Test
  void countsItsTraffic() throws Exception {
    int length = 1_000_000;
    List<Traffic> traffic =
        Ranks.run(
            2,
            exchange -> {
              Traffic before = exchange.traffic();
              exchange.allGather(Chunks.over(0, length), Nd4j.zeros(DataType.FLOAT, length));
              return exchange.traffic().since(before);
            });
    for (Traffic each : traffic) {
      assertTrue(each.bytesSent() >= 4 * 65536 * 7, each.toString());
      assertTrue(each.bytesReceived() >= 4 * 65536 * 7, each.toString());
      assertTrue(each.bytesSent() + each.bytesReceived() < 4.1 * length, each.toString());
    }
  }

  @Test
  void ranksOutOfStepAreToldSo() {
    ExchangeException error =
        assertThrows(
            ExchangeException.class,
            () ->
                Ranks.run(
                    2,
                    exchange -> {
                      INDArray vector = Nd4j.zeros(DataType.FLOAT, 1000);
                      int floats = exchange.rank() == 0 ? 100 : 50;
                      exchange.allGather(new Chunks(0, 1000, floats), vector);
                      return 0;
                    }));
    assertTrue(Ranks.message(error).contains("out of step"), Ranks.message(error));
  }
}
