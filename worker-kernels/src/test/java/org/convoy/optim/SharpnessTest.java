package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.convoy.settings.InvalidSettings;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The papers' formulas once more in double, and trajectories by them on a function of two valleys.
 */
class SharpnessTest {

  @Test
  void climbsByTheFormulas() {
    int n = 200_003;
    INDArray w = Vectors.drawn(1, n);
    INDArray g = Vectors.drawn(2, n);
    List<DecayMask.Range> trained =
        List.of(new DecayMask.Range(3, 100_000), new DecayMask.Range(100_010, n));
    for (boolean adaptive : new boolean[] {false, true}) {
      INDArray moved = w.dup();
      new Sharpness(2, adaptive).climb(w, g, trained, moved);
      double norm =
          Math.sqrt(
              IntStream.range(0, n)
                  .filter(i -> trains(trained, i))
                  .mapToDouble(i -> Math.pow(size(w, i, adaptive) * g.getDouble(i), 2))
                  .sum());
      for (int i = 0; i < n; i += i < 20 || i > 99_990 && i < 100_020 ? 1 : 97) {
        double size = size(w, i, adaptive);
        double e = trains(trained, i) ? 2 * size * size * g.getDouble(i) / norm : 0;
        assertEquals(w.getDouble(i) + e, moved.getDouble(i), 1e-7);
      }
    }
  }

  private static boolean trains(List<DecayMask.Range> trained, int i) {
    return trained.stream().anyMatch(range -> range.from() <= i && i < range.to());
  }

  private static double size(INDArray w, int i, boolean adaptive) {
    return adaptive ? Math.abs(w.getDouble(i)) + 0.01 : 1;
  }

  /** SGD with momentum over SAM on sum(w^4 / 4 - w^2 / 2), whose gradient is w^3 - w. */
  @Test
  void trajectoriesFollowThePaper() {
    int n = 24;
    INDArray w = Vectors.drawn(5, n);
    INDArray gradient = Nd4j.create(DataType.FLOAT, n);
    INDArray momentum = Nd4j.create(DataType.FLOAT, n);
    Slices slices =
        new Slices(List.of(new Slice(w, gradient, List.of(momentum), DecayMask.none())), 1);
    double[] x = w.castTo(DataType.DOUBLE).toDoubleVector();
    double[] buffer = new double[n];
    List<DecayMask.Range> all = List.of(new DecayMask.Range(0, n));
    for (int step = 0; step < 12; step++) {
      gradient.assign(gradientOf(w));
      INDArray moved = w.dup();
      new Sharpness(0.5, false).climb(w, gradient, all, moved);
      gradient.assign(gradientOf(moved));
      slices.update(new Sgd(0.8, false, 0, false), new StepSettings(0.1, step, 1));

      double norm = 0;
      for (double each : x) {
        norm += Math.pow(each * each * each - each, 2);
      }
      for (int i = 0; i < n; i++) {
        double up = x[i] + 0.5 * (x[i] * x[i] * x[i] - x[i]) / (Math.sqrt(norm) + 1e-12);
        buffer[i] = 0.8 * buffer[i] + up * up * up - up;
        x[i] -= 0.1 * buffer[i];
        assertEquals(x[i], w.getDouble(i), 1e-6, "step " + step + ", element " + i);
      }
    }
  }

  private static INDArray gradientOf(INDArray w) {
    return w.mul(w).muli(w).subi(w);
  }

  @Test
  void aZeroGradientMovesNothing() {
    INDArray w = Vectors.drawn(1, 5);
    INDArray moved = w.dup();
    new Sharpness(1, false)
        .climb(w, Nd4j.create(DataType.FLOAT, 5), List.of(new DecayMask.Range(0, 5)), moved);
    assertEquals(w, moved);
    assertThrows(InvalidSettings.class, () -> new Sharpness(-1, false));
  }
}
