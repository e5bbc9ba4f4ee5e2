package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean of chosen weights, beside a sum in double. */
class EqualAverageTest {
  @Test
  void isTheMeanOfTheWeightsAfterTheChosenSteps() {
    int n = 3001;
    EqualAverage rule = new EqualAverage(4, 3);
    INDArray average = Vectors.drawn(0, n);
    double[] sum = new double[n];
    int count = 0;
    for (int step = 0; step < 20; step++) {
      INDArray parameters = Vectors.drawn(10 + step, n);
      float[] before = parameters.toFloatVector();
      rule.follow(average, parameters, step);
      assertArrayEquals(before, parameters.toFloatVector());
      if (step + 1 >= 4 && (step + 1 - 4) % 3 == 0) {
        count++;
        for (int i = 0; i < n; i++) {
          sum[i] += before[i];
        }
      }
      assertEquals(count, rule.count(step + 1));
      for (int i = 0; i < n && count > 0; i++) {
        assertEquals(sum[i] / count, average.getFloat(i), 1e-6);
      }
    }
    assertEquals(6, count);
  }

  @Test
  void badSettingsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new EqualAverage(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new EqualAverage(1, 0));
  }
}
