package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.convoy.driver.exchange.wire.Ranks;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@link PowerSgd}'s arithmetic, and what it sends, in plain loops. */
class LowRankTest {

  private static final int ROWS = 12;
  private static final int COLUMNS = 20;

  /** A matrix between other parameters. */
  private static final VectorLayout LAYOUT =
      new VectorLayout(
          ROWS * COLUMNS + 10,
          ROWS * COLUMNS + 10,
          64,
          List.of(),
          List.of(new VectorLayout.Matrix(3, ROWS, COLUMNS)));

  @Test
  void whatTheFactorsWouldNotShortenIsSentAsItIs() {
    assertEquals(1, new LowRankLayout(7, LAYOUT).compressed().size());
    LowRankLayout all = new LowRankLayout(8, LAYOUT);
    assertTrue(all.compressed().isEmpty(), "8 (12 + 20) is more than 12 x 20");
    assertEquals(List.of(new LowRankLayout.Dense(0, LAYOUT.trained(), 0, 0)), all.dense());
    LowRankLayout some = new LowRankLayout(2, LAYOUT);
    assertEquals(
        List.of(
            new LowRankLayout.Dense(0, 3, 2 * ROWS, 0),
            new LowRankLayout.Dense(
                3 + ROWS * COLUMNS, LAYOUT.trained(), 2 * ROWS + 3, 3 + ROWS * COLUMNS)),
        some.dense());
    assertEquals(2 * ROWS + 10, some.left());
    assertEquals(2 * COLUMNS, some.right());
  }

  @Test
  void columnsBecomeOrthonormal() {
    int rank = 3;
    float[] values = Gradients.of(1, ROWS * rank);
    for (int row = 0; row < ROWS; row++) {
      // The last column depends on the first; a drawn one takes its place.
      values[row * rank + 2] = 2 * values[row * rank];
    }
    try (INDArray matrix = Nd4j.createFromArray(values)) {
      ThinMatrix.orthonormalize(Floats.of(matrix), 0, ROWS, rank);
      float[] result = matrix.toFloatVector();
      for (int i = 0; i < rank; i++) {
        for (int j = 0; j < rank; j++) {
          double product = 0;
          for (int row = 0; row < ROWS; row++) {
            product += (double) result[row * rank + i] * result[row * rank + j];
          }
          assertEquals(i == j ? 1 : 0, product, 1e-6, i + " and " + j);
        }
      }
      double cosine = 0;
      double norm = 0;
      for (int row = 0; row < ROWS; row++) {
        cosine += (double) result[row * rank] * values[row * rank];
        norm += (double) values[row * rank] * values[row * rank];
      }
      assertEquals(1, cosine / Math.sqrt(norm), 1e-6, "the first column keeps its direction");
    }
  }

  /** A gradient of a rank that fits is found after a few steps of power iteration. */
  @Test
  void gradientsOfLowRankArriveWhole() throws Exception {
    float[] mean = lowRank(2);
    for (float[] sum : sums(2, mean, 8)) {
      for (int i = 0; i < sum.length; i++) {
        assertEquals(mean[i] * 4, sum[i], 1e-3, "element " + i);
      }
    }
  }

  /** What one step leaves out of a gradient of full rank comes in later ones. */
  @Test
  void errorsAreFedBack() throws Exception {
    float[] mean = Gradients.of(3, (int) LAYOUT.trained());
    double once = distance(sums(1, mean, 1), 1, mean);
    double often = distance(sums(1, mean, 40), 40, mean);
    assertTrue(once > 0.3, "rank 1 cannot hold it: " + once);
    assertTrue(often < once / 4, "the mean of 40 steps: " + often + " after " + once);
  }

  /** The distance of the mean of all steps' gradients, relative to the true one. */
  private static double distance(List<float[]> sums, int steps, float[] mean) {
    double distance = 0;
    double norm = 0;
    for (int i = 0; i < mean.length; i++) {
      double got = 0;
      for (float[] sum : sums.subList(0, steps)) {
        got += sum[i] / (4.0 * steps);
      }
      distance += (got - mean[i]) * (got - mean[i]);
      norm += (double) mean[i] * mean[i];
    }
    return Math.sqrt(distance / norm);
  }

  private static float[] lowRank(int rank) {
    SplittableRandom random = new SplittableRandom(9);
    float[] values = new float[(int) LAYOUT.trained()];
    for (int each = 0; each < rank; each++) {
      double[] left = random.doubles(ROWS, -1, 1).toArray();
      double[] right = random.doubles(COLUMNS, -1, 1).toArray();
      for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
          values[3 + row * COLUMNS + column] += (float) (left[row] * right[column]);
        }
      }
    }
    return values;
  }

  /** The summed gradient of each step, or of the last one only where it is of low rank. */
  private static List<float[]> sums(int rank, float[] gradient, int steps) throws Exception {
    List<List<float[]>> ofRanks =
        Ranks.run(
            2,
            exchange -> {
              List<float[]> sums = new ArrayList<>();
              INDArray parameters = Nd4j.create(DataType.FLOAT, LAYOUT.length());
              INDArray memory = Nd4j.create(DataType.FLOAT, LAYOUT.length());
              MicroBatches range = MicroBatches.range(exchange.rank(), 2, 4);
              try (Combiner combiner =
                  new PowerSgd(rank).open(exchange, range, LAYOUT, parameters, memory)) {
                for (int step = 0; step < steps; step++) {
                  for (int i = 0; i < range.count(); i++) {
                    combiner.next();
                    memory.assign(Nd4j.createFromArray(gradient));
                    combiner.endMicroBatch(keep(sums));
                  }
                  combiner.endStep(step, keep(sums));
                }
              }
              return rank > 1 ? sums.subList(steps - 1, steps) : sums;
            });
    for (int step = 0; step < ofRanks.get(0).size(); step++) {
      assertEquals(0, different(ofRanks.get(0).get(step), ofRanks.get(1).get(step)));
    }
    assertFalse(ofRanks.get(0).isEmpty());
    return ofRanks.get(0);
  }

  private static int different(float[] left, float[] right) {
    int count = 0;
    for (int i = 0; i < left.length; i++) {
      count += left[i] == right[i] ? 0 : 1;
    }
    return count;
  }

  private static Combiner.Update keep(List<float[]> sums) {
    return new Combiner.Update() {
      @Override
      public void apply(Combiner.Share share) {
        sums.add(share.sum().toFloatVector());
      }

      @Override
      public void statistics(Combiner.Share share, INDArray moments) {
        // There are none.
      }

      @Override
      public List<List<INDArray>> state(Combiner.Share share) {
        return List.of();
      }
    };
  }
}
