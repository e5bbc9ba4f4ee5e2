package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.convoy.settings.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Properties of every optimizer. */
class OptimizersTest {
  /** Settings that switch everything off and on. Every optimizer must be among them. */
  static Stream<Optimizer> optimizers() {
    return Stream.of(
        new Sgd(0, false, 0, true),
        new Sgd(0.9, false, 0, true),
        new Sgd(0.9, true, 0, true),
        new Sgd(0, false, 5e-4, true),
        new Sgd(0.9, true, 5e-4, true),
        new Adamw(0.9, 0.999, 1e-8, 0, true),
        new Adamw(0.9, 0.99, 1e-6, 0.05, true),
        new Adan(0.98, 0.92, 0.99, 1e-8, 0, true),
        new Adan(0.9, 0.9, 0.95, 1e-6, 0.05, true),
        new Lion(0.9, 0.99, 0, true),
        new Lion(0.9, 0.95, 0.1, true),
        new Rmsprop(0.99, 1e-8, 0, 0, true),
        new Rmsprop(0.9, 1e-6, 0.9, 1e-4, true),
        new RmspropTf(0.9, 1e-3, 0, 0, true),
        new RmspropTf(0.9, 1e-3, 0.9, 1e-5, true),
        new Lars(0.9, false, 1e-4, 1e-3, 1e-8, true),
        new Lars(0.9, true, 5e-5, 0.02, 0, true),
        new Lamb(0.9, 0.999, 1e-6, 0.01, true));
  }

  @Test
  void everyOptimizerIsHere() {
    assertEquals(
        Set.copyOf(Variants.of(Optimizer.class).values()),
        optimizers().map(Object::getClass).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void descendsAKnownFunctionToAKnownPlace(Optimizer optimizer) {
    // f(x) = sum of a_i / 2 (x_i - c_i)^2; with decay only the second half is pulled towards 0.
    int n = 37;
    INDArray curvature = Vectors.drawn(1, n).addi(1.5);
    INDArray centre = Vectors.drawn(2, n);
    INDArray x = Vectors.drawn(3, n);
    INDArray gradient = Nd4j.create(DataType.FLOAT, n);
    Slice slice = new Slice(x, gradient, zeros(optimizer, n), DecayMask.none());
    Slices slices = new Slices(List.of(slice), 1);
    for (int step = 0; step < 1000; step++) {
      gradient.assign(x.sub(centre).muli(curvature).muli(4));
      step(optimizer, slices, new StepSettings(0.05 * (1 - step / 1000.0), step, 0.25));
    }
    assertArrayEquals(centre.toFloatVector(), x.toFloatVector(), 1e-3f, optimizer.toString());
  }

  /** The optimizers without layer-wise steps, which depend on the cuts of the vector. */
  static Stream<Optimizer> elementWise() {
    return optimizers().filter(optimizer -> !(optimizer instanceof LayerWise));
  }

  @ParameterizedTest
  @MethodSource("elementWise")
  void sameBytesForAnyCutOfTheVector(Optimizer optimizer) {
    int n = 10_007;
    DecayMask mask =
        DecayMask.of(
            List.of(
                new DecayMask.Range(0, 1),
                new DecayMask.Range(5, 2047),
                new DecayMask.Range(2049, 4096),
                new DecayMask.Range(5003, 10_006)));
    float[] whole = trained(optimizer, n, mask, 1, 1);
    for (int parts : new int[] {2, 3, 7, 64, 1001}) {
      float[] cut = trained(optimizer, n, mask, parts, 1);
      for (int i = 0; i < whole.length; i++) {
        int at = i;
        assertEquals(
            Float.floatToRawIntBits(whole[i]),
            Float.floatToRawIntBits(cut[i]),
            () -> optimizer + " in " + parts + " parts, element " + at);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void sameBytesOnAnyThreads(Optimizer optimizer) {
    int n = 400_003;
    DecayMask mask =
        DecayMask.of(
            List.of(new DecayMask.Range(3, 170_001), new DecayMask.Range(300_000, 400_000)));
    float[] alone = trained(optimizer, n, mask, 37, 1);
    assertArrayEquals(alone, trained(optimizer, n, mask, 37, 2));
    assertArrayEquals(alone, trained(optimizer, n, mask, 37, 4));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void untrainedElementsKeepTheirBits(Optimizer optimizer) {
    INDArray x = Vectors.of(1e-30f, -3.25f, 0.1f, Float.MIN_VALUE, -0.0f);
    float[] before = x.toFloatVector();
    INDArray gradient = Nd4j.create(DataType.FLOAT, 5);
    Slice slice = new Slice(x, gradient, zeros(optimizer, 5), DecayMask.none());
    Slices slices = new Slices(List.of(slice), 1);
    for (int step = 0; step < 3; step++) {
      step(optimizer, slices, new StepSettings(0.1, step, 1));
    }
    assertArrayEquals(before, x.toFloatVector());
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void anotherNumberOfStateVectorsIsRefused(Optimizer optimizer) {
    List<INDArray> surplus = zeros(optimizer, 3);
    surplus.add(Nd4j.create(DataType.FLOAT, 3));
    Slice slice = new Slice(Vectors.drawn(1, 3), Vectors.drawn(2, 3), surplus, DecayMask.none());
    StepSettings step = new StepSettings(0.1, 0, 1);
    assertThrows(IllegalArgumentException.class, () -> optimizer.update(slice, step));
  }

  private static float[] trained(
      Optimizer optimizer, int n, DecayMask mask, int parts, int threads) {
    INDArray x = Vectors.drawn(11, n);
    INDArray gradient = Nd4j.create(DataType.FLOAT, n);
    List<INDArray> state = zeros(optimizer, n);
    List<Slice> slices = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      long from = (long) n * part / parts;
      long to = (long) n * (part + 1) / parts;
      slices.add(
          new Slice(
              Vectors.view(x, from, to),
              Vectors.view(gradient, from, to),
              state.stream().map(vector -> Vectors.view(vector, from, to)).toList(),
              mask.slice(from, to)));
    }
    for (int step = 0; step < 3; step++) {
      gradient.assign(Vectors.drawn(20 + step, n));
      StepSettings settings = new StepSettings(0.1 / (step + 1), step, 0.125);
      step(optimizer, new Slices(slices, threads), settings);
    }
    state.add(x);
    float[] all = new float[n * state.size()];
    for (int i = 0; i < state.size(); i++) {
      System.arraycopy(state.get(i).toFloatVector(), 0, all, n * i, n);
    }
    return all;
  }

  /** A step of both passes, with all trust ratios 1; {@link LayerWiseTest} tests the ratios. */
  private static void step(Optimizer optimizer, Slices slices, StepSettings settings) {
    if (optimizer instanceof LayerWise layerWise) {
      slices.measure(layerWise, settings);
    }
    slices.update(optimizer, settings);
  }

  private static List<INDArray> zeros(Optimizer optimizer, int n) {
    List<INDArray> state = new ArrayList<>();
    optimizer.stateNames().forEach(name -> state.add(Nd4j.create(DataType.FLOAT, n)));
    return state;
  }
}
