package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients of units, beside {@code timm.utils.adaptive_clip_grad} in double. */
class AdaptiveClippingTest {
  private static final long[] STARTS = {0, 5, 10, 17, 40};
  private static final long[] ENDS = {5, 10, 15, 40, 41};
  private static final int N = 50;

  @Test
  void followsTimm() {
    AdaptiveClipping rule = new AdaptiveClipping(0.3, 1e-3, List.of());
    INDArray parameters = Vectors.drawn(3, N);
    INDArray gradient = Vectors.drawn(4, N);
    // One unit is so small that epsilon counts, and one has a gradient that is not clipped.
    Vectors.view(parameters, 5, 10).muli(1e-5);
    Vectors.view(gradient, 10, 15).muli(0.01);
    double[] expected = new double[N];
    for (int i = 0; i < N; i++) {
      expected[i] = gradient.getFloat(i);
    }
    for (int unit = 0; unit < STARTS.length; unit++) {
      double p = 0;
      double g = 0;
      for (int i = (int) STARTS[unit]; i < ENDS[unit]; i++) {
        p += parameters.getDouble(i) * parameters.getDouble(i);
        g += gradient.getDouble(i) * gradient.getDouble(i);
      }
      double most = Math.max(Math.sqrt(p), 1e-3) * 0.3;
      if (Math.sqrt(g) >= most) {
        for (int i = (int) STARTS[unit]; i < ENDS[unit]; i++) {
          expected[i] *= most / Math.max(Math.sqrt(g), 1e-6);
        }
      }
    }
    clip(rule, parameters, gradient, N);
    for (int i = 0; i < N; i++) {
      assertEquals(expected[i], gradient.getFloat(i), 1e-6 * Math.abs(expected[i]) + 1e-12);
    }
    assertEquals(0.01f * Vectors.drawn(4, N).getFloat(12), gradient.getFloat(12));
    assertEquals(Vectors.drawn(4, N).getFloat(15), gradient.getFloat(15));
  }

  /** A unit may be cut anywhere: its sums are added. */
  @Test
  void cutsOfTheVectorDoNotMatter() {
    AdaptiveClipping rule = new AdaptiveClipping(0.1, 1e-3, List.of());
    INDArray whole = Vectors.drawn(4, N);
    clip(rule, Vectors.drawn(3, N), whole, N);
    for (int chunk : new int[] {1, 3, 7, 20}) {
      INDArray cut = Vectors.drawn(4, N);
      clip(rule, Vectors.drawn(3, N), cut, chunk);
      assertArrayEquals(whole.toFloatVector(), cut.toFloatVector(), 1e-7f);
    }
  }

  @Test
  void aGradientThatIsNotANumberIsLeftToTheCheckOfTheLoss() {
    assertEquals(1, new AdaptiveClipping(0.1, 1e-3, List.of()).scale(1, Double.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> new Units(new long[] {0, 3}, new long[] {4, 5}));
  }

  private static void clip(AdaptiveClipping rule, INDArray parameters, INDArray gradient, int cut) {
    Units units = new Units(STARTS, ENDS);
    double[] p = new double[units.count()];
    double[] g = new double[units.count()];
    for (int from = 0; from < N; from += cut) {
      int to = Math.min(N, from + cut);
      double[] sums =
          units.squares(from, Vectors.view(parameters, from, to), Vectors.view(gradient, from, to));
      for (int i = 0; i < units.within(from, to); i++) {
        p[units.first(from) + i] += sums[2 * i];
        g[units.first(from) + i] += sums[2 * i + 1];
      }
    }
    double[] factors = new double[units.count()];
    for (int unit = 0; unit < factors.length; unit++) {
      factors[unit] = rule.scale(Math.sqrt(p[unit]), Math.sqrt(g[unit]));
    }
    for (int from = 0; from < N; from += cut) {
      units.scale(from, Vectors.view(gradient, from, Math.min(N, from + cut)), factors);
    }
  }
}
