package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.graph.Parameter;
import org.convoy.graph.ParameterKind;
import org.convoy.graph.Parameters;
import org.convoy.kernels.KernelThreads;
import org.convoy.optim.DecayMask;
import org.convoy.optim.LayerWise;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Slice;
import org.convoy.optim.Slices;
import org.convoy.optim.StepSettings;
import org.convoy.optim.TrustRatios;
import org.convoy.optim.WeightAverage;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The chunks that this executor updates, with their optimizer state and their part of the averaged
 * weights.
 */
final class OwnedChunks implements AutoCloseable {
  private static final String AVERAGE = "average";

  private record Owned(
      int chunk,
      INDArray parameters,
      INDArray gradient,
      Slice slice,
      Map<String, INDArray> state) {}

  private final Chunks chunks;
  private final Optimizer optimizer;
  private final List<WeightAverage> average;
  private final DecayMask mask;
  private final List<DecayMask> masks = new ArrayList<>();
  private final List<Owned> owned = new ArrayList<>();
  private final Slices slices;

  /**
   * @param gradient memory for the summed gradient; its owned chunks are written by {@link #take}
   */
  OwnedChunks(
      Recipe recipe,
      Parameters layout,
      Chunks chunks,
      int rank,
      int size,
      INDArray parameters,
      INDArray gradient) {
    this.chunks = chunks;
    this.optimizer = recipe.optimizer();
    this.average =
        recipe.weightAverage().on()
            ? List.of(new WeightAverage(recipe.weightAverage().decay(), true))
            : List.of();
    this.mask = decays(layout, optimizer.decayNormsAndBiases());
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      long from = chunks.start(chunk);
      masks.add(mask.slice(from, from + chunks.length(chunk)));
      if (chunks.owner(chunk, size) == rank) {
        owned.add(own(chunk, parameters, gradient));
      }
    }
    this.slices = new Slices(owned.stream().map(Owned::slice).toList(), KernelThreads.count());
  }

  /** Native bytes for each parameter that is updated here. */
  static long bytesPerParameter(Recipe recipe) {
    int vectors = recipe.optimizer().stateNames().size() + (recipe.weightAverage().on() ? 1 : 0);
    return (long) Float.BYTES * vectors;
  }

  private Owned own(int chunk, INDArray parameters, INDArray gradient) {
    long from = chunks.start(chunk);
    long to = from + chunks.length(chunk);
    INDArray values = parameters.get(NDArrayIndex.interval(from, to));
    INDArray slopes = gradient.get(NDArrayIndex.interval(from, to));
    Map<String, INDArray> state = new LinkedHashMap<>();
    for (String name : optimizer.stateNames()) {
      state.put(name, Nd4j.create(DataType.FLOAT, to - from));
    }
    Slice slice = new Slice(values, slopes, List.copyOf(state.values()), masks.get(chunk));
    if (!average.isEmpty()) {
      state.put(AVERAGE, values.dup());
    }
    return new Owned(chunk, values, slopes, slice, state);
  }

  private static DecayMask decays(Parameters layout, boolean all) {
    List<DecayMask.Range> ranges = new ArrayList<>();
    for (Parameter parameter : layout.all()) {
      if (parameter.kind().trainable() && (all || parameter.kind() == ParameterKind.WEIGHT)) {
        ranges.add(new DecayMask.Range(parameter.offset(), parameter.end()));
      }
    }
    return new DecayMask(ranges);
  }

  /** Takes over the owned chunks of the summed gradient. */
  void take(INDArray sum) {
    for (Owned chunk : owned) {
      long from = chunks.start(chunk.chunk());
      chunk
          .gradient()
          .assign(sum.get(NDArrayIndex.interval(from, from + chunk.gradient().length())));
    }
  }

  /** For each owned chunk, in order, the sum of the squares of its summed gradient. */
  double[] squares() {
    return slices.gradientSquares();
  }

  /**
   * Moves the owned parameters, and their averages, by one step.
   *
   * @param gather brings together the owners' numbers, by rank; called only if the optimizer needs
   *     norms of whole tensors
   */
  void update(StepSettings step, Function<double[], double[][]> gather) {
    slices.update(
        optimizer,
        optimizer instanceof LayerWise layerWise ? trusting(layerWise, step, gather) : step,
        number -> {
          Owned chunk = owned.get(number);
          for (WeightAverage each : average) {
            each.update(state(chunk, AVERAGE), chunk.parameters(), step.step());
          }
        });
  }

  private StepSettings trusting(
      LayerWise layerWise, StepSettings step, Function<double[], double[][]> gather) {
    double[] mine =
        slices.measure(layerWise, step).stream().flatMapToDouble(Arrays::stream).toArray();
    double[][] all = gather.apply(mine);
    int[] next = new int[all.length];
    List<double[]> sums = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int owner = chunks.owner(chunk, all.length);
      int count = 2 * masks.get(chunk).ranges().size();
      sums.add(Arrays.copyOfRange(all[owner], next[owner], next[owner] + count));
      next[owner] += count;
    }
    return step.with(TrustRatios.of(layerWise, mask, masks, sums));
  }

  boolean averages() {
    return !average.isEmpty();
  }

  /** Copies the owned averages into a vector of all parameters. */
  void copyAverages(INDArray target) {
    for (Owned chunk : owned) {
      long from = chunks.start(chunk.chunk());
      INDArray place = target.get(NDArrayIndex.interval(from, from + chunks.length(chunk.chunk())));
      place.assign(state(chunk, AVERAGE));
    }
  }

  /** The names of the state vectors. */
  List<String> stateNames() {
    List<String> names = new ArrayList<>(optimizer.stateNames());
    if (!average.isEmpty()) {
      names.add(AVERAGE);
    }
    return names;
  }

  /** One state vector's owned chunks, by chunk number. */
  Map<Integer, INDArray> state(String name) {
    Map<Integer, INDArray> all = new LinkedHashMap<>();
    for (Owned chunk : owned) {
      all.put(chunk.chunk(), state(chunk, name));
    }
    return all;
  }

  private static INDArray state(Owned chunk, String name) {
    INDArray array = chunk.state().get(name);
    if (array == null) {
      throw new IllegalStateException("there is no state named " + name);
    }
    return array;
  }

  @Override
  public void close() {
    owned.forEach(chunk -> chunk.state().values().forEach(INDArray::close));
  }
}
