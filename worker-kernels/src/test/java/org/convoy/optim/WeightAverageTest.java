package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class WeightAverageTest {
  @Test
  void movesTowardsTheParameters() {
    INDArray average = Vectors.of(1, -2);
    INDArray parameters = Vectors.of(3, 2);
    WeightAverage rule = new WeightAverage(0.75, false);
    rule.follow(average, parameters, 0);
    assertArrayEquals(new float[] {1.5f, -1}, average.toFloatVector());
    rule.follow(average, parameters, 1);
    assertArrayEquals(new float[] {1.875f, -0.25f}, average.toFloatVector());
  }

  @Test
  void decayStartsLowWhenAsked() {
    WeightAverage rule = new WeightAverage(0.999, true);
    assertEquals(0.1, rule.decayAt(0));
    assertEquals(0.5, rule.decayAt(8));
    assertEquals(0.999, rule.decayAt(1_000_000));
    assertEquals(0.999, new WeightAverage(0.999, false).decayAt(0));
  }

  @Test
  void sameBytesForAnyCutOfTheVector() {
    int n = 5003;
    INDArray parameters = Vectors.drawn(1, n);
    INDArray whole = Vectors.drawn(2, n);
    WeightAverage rule = new WeightAverage(0.9999, true);
    rule.follow(whole, parameters, 3);
    for (int parts : new int[] {2, 3, 7}) {
      INDArray cut = Vectors.drawn(2, n);
      for (int part = 0; part < parts; part++) {
        int from = n * part / parts;
        int to = n * (part + 1) / parts;
        rule.follow(Vectors.view(cut, from, to), Vectors.view(parameters, from, to), 3);
      }
      assertArrayEquals(whole.toFloatVector(), cut.toFloatVector());
    }
  }

  @Test
  void badInputIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new WeightAverage(1, false));
    INDArray three = Vectors.drawn(1, 3);
    INDArray four = Vectors.drawn(1, 4);
    WeightAverage rule = new WeightAverage(0.9, false);
    assertThrows(IllegalArgumentException.class, () -> rule.follow(three, four, 0));
  }
}
