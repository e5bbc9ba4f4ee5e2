package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.convoy.settings.InvalidSettings;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trajectories over SGD, beside algorithm 1 of the paper in double. */
class LookaheadTest {
  private static final int N = 24;

  @Test
  void followsThePaper() {
    Companion lookahead = new Lookahead(3, 0.4, 0).over(12);
    Sgd sgd = new Sgd(0.9, false, 0, false);
    INDArray fast = Vectors.drawn(1, N);
    INDArray slow = fast.dup();
    INDArray gradient = Nd4j.create(DataType.FLOAT, N);
    INDArray momentum = Nd4j.create(DataType.FLOAT, N);
    Slices slices =
        new Slices(List.of(new Slice(fast, gradient, List.of(momentum), DecayMask.none())), 1);
    double[] x = fast.castTo(DataType.DOUBLE).toDoubleVector();
    double[] phi = x.clone();
    double[] buffer = new double[N];
    for (int step = 0; step < 11; step++) {
      gradient.assign(Vectors.drawn(60 + step, N));
      slices.update(sgd, new StepSettings(0.1, step, 0.5));
      lookahead.follow(slow, fast, step);
      for (int i = 0; i < N; i++) {
        buffer[i] = 0.9 * buffer[i] + 0.5 * gradient.getFloat(i);
        x[i] -= 0.1 * buffer[i];
        if ((step + 1) % 3 == 0) {
          phi[i] += 0.4 * (x[i] - phi[i]);
          x[i] = phi[i];
        }
        assertEquals(x[i], fast.getFloat(i), 1e-6, "step " + step + ", element " + i);
        assertEquals(phi[i], slow.getFloat(i), 1e-6, "step " + step + ", element " + i);
      }
    }
  }

  @Test
  void aWholeWayChangesNothing() {
    INDArray fast = Vectors.drawn(1, N);
    INDArray slow = Vectors.drawn(2, N);
    float[] before = fast.toFloatVector();
    new Lookahead(1, 1, 0).over(9).follow(slow, fast, 0);
    assertArrayEquals(before, slow.toFloatVector(), 1e-6f);
    assertArrayEquals(before, fast.toFloatVector(), 1e-6f);
  }

  @Test
  void badSettingsAreRefused() {
    assertThrows(InvalidSettings.class, () -> new Lookahead(-1, 0.5, 0));
    assertThrows(InvalidSettings.class, () -> new Lookahead(5, 0, 0));
    assertThrows(InvalidSettings.class, () -> new Lookahead(5, 1.1, 0));
  }

  /** Halfway 0.8 / 2^3 of the slow weights stay, at the end 0.8. */
  @Test
  void theRateFallsOverTheRun() {
    INDArray slow = Nd4j.createFromArray(1f);
    INDArray fast = Nd4j.createFromArray(0f);
    Companion lookahead = new Lookahead(5, 0.2, 3).over(10);
    lookahead.follow(slow, fast, 4);
    assertEquals(0.1f, slow.getFloat(0), 1e-7f);
    assertEquals(0.1f, fast.getFloat(0), 1e-7f);
    fast.assign(0);
    slow.assign(1);
    lookahead.follow(slow, fast, 9);
    assertEquals(0.8f, slow.getFloat(0), 1e-7f);
  }
}
