package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares each optimizer with its published formula, written again in double, tensor by tensor:
 * eight steps from parameters and gradients of {@link Vectors#drawn}, two tensors that decay and
 * one that does not, another learning rate in each step.
 */
class FormulasTest {
  private static final int STEPS = 8;
  private static final double SCALE = 0.25;
  private static final int[] ENDS = {7, 19, 24};

  /** The step of a tensor in double, with its own state. */
  private interface Formula {
    /**
     * @param t from 1
     * @param state four numbers for each element, 0 before the first step
     */
    void step(double[] p, double[] g, double[][] state, int t, double rate, boolean decays);
  }

  @Test
  void adamwEqualsTorch() {
    double b1 = 0.9;
    double b2 = 0.99;
    double decay = 0.05;
    hold(
        new Adamw(b1, b2, 1e-6, decay, false),
        (p, g, s, t, rate, decays) -> {
          for (int i = 0; i < p.length; i++) {
            p[i] *= decays ? 1 - rate * decay : 1;
            s[0][i] = b1 * s[0][i] + (1 - b1) * g[i];
            s[1][i] = b2 * s[1][i] + (1 - b2) * g[i] * g[i];
            double mean = s[0][i] / (1 - Math.pow(b1, t));
            double square = s[1][i] / (1 - Math.pow(b2, t));
            p[i] -= rate * mean / (Math.sqrt(square) + 1e-6);
          }
        });
  }

  @Test
  void lionFollowsThePaper() {
    double decay = 0.3;
    hold(
        new Lion(0.9, 0.95, decay, false),
        (p, g, s, t, rate, decays) -> {
          for (int i = 0; i < p.length; i++) {
            p[i] *= decays ? 1 - rate * decay : 1;
            p[i] -= rate * Math.signum(0.9 * s[0][i] + 0.1 * g[i]);
            s[0][i] = 0.95 * s[0][i] + 0.05 * g[i];
          }
        });
  }

  /** The authors' {@code adan.py} with {@code no_prox = False}. */
  @Test
  void adanEqualsItsAuthorsCode() {
    double b1 = 0.98;
    double b2 = 0.92;
    double b3 = 0.99;
    double decay = 0.02;
    hold(
        new Adan(b1, b2, b3, 1e-6, decay, false),
        (p, g, s, t, rate, decays) -> {
          for (int i = 0; i < p.length; i++) {
            double d = t == 1 ? 0 : g[i] - s[3][i];
            double n = g[i] + b2 * d;
            s[0][i] = b1 * s[0][i] + (1 - b1) * g[i];
            s[1][i] = b2 * s[1][i] + (1 - b2) * d;
            s[2][i] = b3 * s[2][i] + (1 - b3) * n * n;
            s[3][i] = g[i];
            double root = Math.sqrt(s[2][i]) / Math.sqrt(1 - Math.pow(b3, t)) + 1e-6;
            double mean = s[0][i] / (1 - Math.pow(b1, t));
            double difference = s[1][i] / (1 - Math.pow(b2, t));
            p[i] -= rate * (mean + b2 * difference) / root;
            p[i] /= decays ? 1 + rate * decay : 1;
          }
        });
  }

  @Test
  void rmspropEqualsTorch() {
    double alpha = 0.9;
    for (double momentum : new double[] {0, 0.8}) {
      hold(
          new Rmsprop(alpha, 1e-4, momentum, 0.02, false),
          (p, g, s, t, rate, decays) -> {
            for (int i = 0; i < p.length; i++) {
              double d = g[i] + (decays ? 0.02 * p[i] : 0);
              s[0][i] = alpha * s[0][i] + (1 - alpha) * d * d;
              s[1][i] = momentum * s[1][i] + d / (Math.sqrt(s[0][i]) + 1e-4);
              p[i] -= rate * s[1][i];
            }
          });
    }
  }

  /** {@code timm.optim.RMSpropTF}: the squares start at one; here one is added to zero. */
  @Test
  void rmspropTfEqualsTensorFlow() {
    double alpha = 0.9;
    for (double momentum : new double[] {0, 0.8}) {
      hold(
          new RmspropTf(alpha, 1e-3, momentum, 0.02, false),
          (p, g, s, t, rate, decays) -> {
            for (int i = 0; i < p.length; i++) {
              double d = g[i] + (decays ? 0.02 * p[i] : 0);
              double before = t == 1 ? 1 : s[0][i];
              s[0][i] = before + (1 - alpha) * (d * d - before);
              s[1][i] = momentum * s[1][i] + rate * d / Math.sqrt(s[0][i] + 1e-3);
              p[i] -= s[1][i];
            }
          });
    }
  }

  @Test
  void larsFollowsThePaper() {
    double decay = 0.02;
    for (boolean nesterov : new boolean[] {false, true}) {
      hold(
          new Lars(0.9, nesterov, decay, 0.01, 1e-8, false),
          (p, g, s, t, rate, decays) -> {
            double trust = decays ? 0.01 * norm(p) / (norm(g) + decay * norm(p) + 1e-8) : 1;
            for (int i = 0; i < p.length; i++) {
              double d = trust * (g[i] + (decays ? decay * p[i] : 0));
              s[0][i] = 0.9 * s[0][i] + d;
              p[i] -= rate * (nesterov ? d + 0.9 * s[0][i] : s[0][i]);
            }
          });
    }
  }

  @Test
  void lambFollowsThePaper() {
    double decay = 0.02;
    hold(
        new Lamb(0.9, 0.99, 1e-6, decay, false),
        (p, g, s, t, rate, decays) -> {
          double[] u = new double[p.length];
          for (int i = 0; i < p.length; i++) {
            s[0][i] = 0.9 * s[0][i] + 0.1 * g[i];
            s[1][i] = 0.99 * s[1][i] + 0.01 * g[i] * g[i];
            double mean = s[0][i] / (1 - Math.pow(0.9, t));
            double square = s[1][i] / (1 - Math.pow(0.99, t));
            u[i] = mean / (Math.sqrt(square) + 1e-6) + (decays ? decay * p[i] : 0);
          }
          double trust = decays ? norm(p) / norm(u) : 1;
          for (int i = 0; i < p.length; i++) {
            p[i] -= rate * trust * u[i];
          }
        });
  }

  private static double norm(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static void hold(Optimizer optimizer, Formula formula) {
    int n = ENDS[ENDS.length - 1];
    INDArray x = Vectors.drawn(51, n);
    double[] expected = x.castTo(DataType.DOUBLE).toDoubleVector();
    INDArray gradient = Nd4j.create(DataType.FLOAT, n);
    List<INDArray> state = new ArrayList<>();
    optimizer.stateNames().forEach(name -> state.add(Nd4j.create(DataType.FLOAT, n)));
    DecayMask mask =
        new DecayMask(
            List.of(new DecayMask.Range(0, ENDS[0]), new DecayMask.Range(ENDS[0], ENDS[1])));
    Slices slices = new Slices(List.of(new Slice(x, gradient, state, mask)), 1);
    double[][][] states = new double[ENDS.length][4][n];
    for (int step = 0; step < STEPS; step++) {
      gradient.assign(Vectors.drawn(60 + step, n));
      double rate = 0.1 / (step + 1);
      StepSettings settings = new StepSettings(rate, step, SCALE);
      if (optimizer instanceof LayerWise layerWise) {
        List<double[]> sums = slices.measure(layerWise, settings);
        settings = settings.with(TrustRatios.of(layerWise, mask, List.of(mask), sums));
      }
      slices.update(optimizer, settings);
      for (int tensor = 0; tensor < ENDS.length; tensor++) {
        int from = tensor == 0 ? 0 : ENDS[tensor - 1];
        int length = ENDS[tensor] - from;
        double[] p = new double[length];
        double[] g = new double[length];
        for (int i = 0; i < length; i++) {
          p[i] = expected[from + i];
          g[i] = SCALE * gradient.getFloat(from + i);
        }
        formula.step(p, g, states[tensor], step + 1, rate, tensor < 2);
        System.arraycopy(p, 0, expected, from, length);
      }
      for (int i = 0; i < n; i++) {
        assertEquals(
            expected[i], x.getFloat(i), 2e-6, optimizer + ", step " + step + ", element " + i);
      }
    }
  }
}
