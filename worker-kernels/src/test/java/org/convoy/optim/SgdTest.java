package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Golden values, computed by hand from torch's recurrence: parameter 1, gradient 2 in every step
 * (given as 8 with scale 1/4), learning rate 1/4, so that every number is exact in float32.
 */
class SgdTest {
  private static float[] run(Sgd sgd, int steps) {
    INDArray parameter = Vectors.of(1, 1);
    INDArray gradient = Vectors.of(8, 8);
    List<INDArray> state = new ArrayList<>();
    sgd.stateNames().forEach(name -> state.add(Nd4j.create(DataType.FLOAT, 2)));
    // Only the first element decays.
    DecayMask mask = DecayMask.of(List.of(new DecayMask.Range(0, 1)));
    Slice slice = new Slice(parameter, gradient, state, mask);
    for (int step = 0; step < steps; step++) {
      sgd.update(slice, new StepSettings(0.25, step, 0.25));
    }
    return parameter.toFloatVector();
  }

  @Test
  void plain() {
    Sgd sgd = new Sgd(0, false, 0, true);
    assertArrayEquals(new float[] {0.5f, 0.5f}, run(sgd, 1));
    assertArrayEquals(new float[] {0, 0}, run(sgd, 2));
    assertEquals(List.of(), sgd.stateNames());
  }

  @Test
  void plainWithDecay() {
    // d = 2 + p / 2: 1 -> 1 - 2.5 / 4 = 0.375 -> 0.375 - 2.1875 / 4.
    assertArrayEquals(new float[] {0.375f, 0.5f}, run(new Sgd(0, false, 0.5, true), 1));
    assertArrayEquals(new float[] {-0.171875f, 0}, run(new Sgd(0, false, 0.5, true), 2));
  }

  @Test
  void momentum() {
    // Buffers 2, 3, 3.5.
    Sgd sgd = new Sgd(0.5, false, 0, true);
    assertArrayEquals(new float[] {0.5f, 0.5f}, run(sgd, 1));
    assertArrayEquals(new float[] {-0.25f, -0.25f}, run(sgd, 2));
    assertArrayEquals(new float[] {-1.125f, -1.125f}, run(sgd, 3));
    assertEquals(List.of("momentum"), sgd.stateNames());
  }

  @Test
  void momentumWithDecay() {
    // d 2.5, 2.1875; buffers 2.5, 3.4375.
    assertArrayEquals(new float[] {0.375f, 0.5f}, run(new Sgd(0.5, false, 0.5, true), 1));
    assertArrayEquals(new float[] {-0.484375f, -0.25f}, run(new Sgd(0.5, false, 0.5, true), 2));
  }

  @Test
  void nesterovWithDecay() {
    // First element: d 2.5 then 2.03125, buffers 2.5 then 3.28125, steps 3.75 / 4 then 3.671875 /
    // 4.
    // Second element: buffers 2, 3, steps 3 / 4, 3.5 / 4.
    assertArrayEquals(new float[] {0.0625f, 0.25f}, run(new Sgd(0.5, true, 0.5, true), 1));
    assertArrayEquals(new float[] {-0.85546875f, -0.625f}, run(new Sgd(0.5, true, 0.5, true), 2));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Sgd(1, false, 0, true));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(Double.NaN, false, 0, true));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(0, true, 0, true));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(0.9, true, -1e-4, true));
    assertThrows(IllegalArgumentException.class, () -> new StepSettings(-0.1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new StepSettings(0.1, -1, 1));
  }

  @Test
  void arraysThatAreNotFlatAreRefused() {
    INDArray flat = Vectors.drawn(1, 6);
    DecayMask none = DecayMask.none();
    List<INDArray> noState = List.of();
    INDArray matrix = flat.reshape(2, 3);
    INDArray shorter = Vectors.drawn(1, 5);
    INDArray doubles = flat.castTo(DataType.DOUBLE);
    INDArray column = flat.reshape(3, 2).getColumn(0);
    assertThrows(IllegalArgumentException.class, () -> new Slice(matrix, flat, noState, none));
    assertThrows(IllegalArgumentException.class, () -> new Slice(flat, shorter, noState, none));
    assertThrows(IllegalArgumentException.class, () -> new Slice(flat, doubles, noState, none));
    assertThrows(IllegalArgumentException.class, () -> new Slice(column, column, noState, none));
    DecayMask tooLong = DecayMask.all(7);
    assertThrows(IllegalArgumentException.class, () -> new Slice(flat, flat, noState, tooLong));
  }
}
