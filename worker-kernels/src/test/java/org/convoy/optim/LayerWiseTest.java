package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps that need norms of whole tensors, over several owners. */
class LayerWiseTest {
  private static final int LENGTH = 20_011;
  private static final int CHUNK = 4096;

  /** Tensors within a chunk, over several chunks, of one element, and gaps that do not decay. */
  private static final DecayMask MASK =
      new DecayMask(
          List.of(
              new DecayMask.Range(0, 1),
              new DecayMask.Range(1, 4096),
              new DecayMask.Range(4096, 4099),
              new DecayMask.Range(5000, 17_000),
              new DecayMask.Range(17_000, 20_000)));

  static Stream<LayerWise> optimizers() {
    return OptimizersTest.optimizers()
        .filter(LayerWise.class::isInstance)
        .map(LayerWise.class::cast);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void sameBytesForAnyNumberOfOwners(LayerWise optimizer) {
    float[] alone = trained(optimizer, 1, true);
    for (int owners : new int[] {2, 3, 5, 7}) {
      assertArrayEquals(alone, trained(optimizer, owners, true), optimizer + ", " + owners);
    }
    assertFalse(Arrays.equals(alone, trained(optimizer, 1, false)), "the ratios must matter");
  }

  /** Trains with chunk c owned by owner {@code c mod owners}. */
  private static float[] trained(LayerWise optimizer, int owners, boolean trusting) {
    INDArray x = Vectors.drawn(31, LENGTH);
    INDArray gradient = Nd4j.create(DataType.FLOAT, LENGTH);
    List<INDArray> state = new ArrayList<>();
    optimizer.stateNames().forEach(name -> state.add(Nd4j.create(DataType.FLOAT, LENGTH)));
    List<DecayMask> masks = new ArrayList<>();
    List<List<Slice>> owned = new ArrayList<>();
    for (int owner = 0; owner < owners; owner++) {
      owned.add(new ArrayList<>());
    }
    for (int from = 0; from < LENGTH; from += CHUNK) {
      int start = from;
      int end = Math.min(LENGTH, from + CHUNK);
      DecayMask mask = MASK.slice(start, end);
      owned
          .get(masks.size() % owners)
          .add(
              new Slice(
                  Vectors.view(x, start, end),
                  Vectors.view(gradient, start, end),
                  state.stream().map(vector -> Vectors.view(vector, start, end)).toList(),
                  mask));
      masks.add(mask);
    }
    List<Slices> slices = owned.stream().map(each -> new Slices(each, 2)).toList();
    for (int step = 0; step < 3; step++) {
      gradient.assign(Vectors.drawn(40 + step, LENGTH));
      StepSettings plain = new StepSettings(0.1 / (step + 1), step, 0.125);
      List<List<double[]>> sums =
          slices.stream().map(each -> each.measure(optimizer, plain)).toList();
      List<double[]> inOrder = new ArrayList<>();
      for (int chunk = 0; chunk < masks.size(); chunk++) {
        inOrder.add(sums.get(chunk % owners).get(chunk / owners));
      }
      TrustRatios ratios = TrustRatios.of(optimizer, MASK, masks, inOrder);
      slices.forEach(each -> each.update(optimizer, trusting ? plain.with(ratios) : plain));
    }
    return x.toFloatVector();
  }
}
