package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class GlobalNormTest {
  @Test
  void normOfChunksEqualsNormOfTheWhole() {
    int n = 20_011;
    INDArray vector = Vectors.drawn(5, n);
    double literal = 0;
    for (float value : vector.toFloatVector()) {
      literal += (double) value * value;
    }
    double[] chunks = new double[5];
    for (int chunk = 0; chunk < chunks.length; chunk++) {
      int from = chunk * 4096;
      chunks[chunk] = GlobalNorm.sumOfSquares(Vectors.view(vector, from, Math.min(n, from + 4096)));
    }
    assertEquals(Math.sqrt(literal), GlobalNorm.of(chunks), 1e-10);
  }

  @Test
  void squaresAreAddedInEightInterleavedSums() {
    for (int n : new int[] {1, 7, 8, 2047, 2049, 5003}) {
      INDArray vector = Vectors.drawn(7, n);
      double[] lanes = new double[8];
      for (int i = 0; i < n; i++) {
        double value = vector.getFloat(i);
        lanes[i % 2048 % 8] += value * value;
      }
      double sum = 0;
      for (double lane : lanes) {
        sum += lane;
      }
      assertEquals(sum, GlobalNorm.sumOfSquares(vector), "exactly, of " + n);
    }
  }

  @Test
  void aChunkHasTheSameSumAtAnyPosition() {
    INDArray vector = Vectors.drawn(6, 5000);
    for (int from : new int[] {1, 3, 17}) {
      INDArray view = Vectors.view(vector, from, from + 4096);
      assertEquals(GlobalNorm.sumOfSquares(view.dup()), GlobalNorm.sumOfSquares(view));
    }
  }

  @Test
  void clipsAsTorchDoes() {
    assertEquals(1, GlobalNorm.clipFactor(0.5, 1));
    assertEquals(1 / (4 + 1e-6), GlobalNorm.clipFactor(4, 1));
    assertEquals(1, GlobalNorm.clipFactor(0, 1));
    assertTrue(Double.isNaN(GlobalNorm.clipFactor(Double.NaN, 1)));
    assertEquals(0.125, GlobalNorm.clippedScale(4, 8, 1));
    assertEquals(0.125 / (2 + 1e-6), GlobalNorm.clippedScale(16, 8, 1));
    assertThrows(IllegalArgumentException.class, () -> GlobalNorm.clipFactor(1, 0));
  }
}
