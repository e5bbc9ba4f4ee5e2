package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.kernels.KernelThreads;
import org.convoy.optim.DecayMask;
import org.convoy.optim.LayerWise;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Slice;
import org.convoy.optim.Slices;
import org.convoy.optim.StepSettings;
import org.convoy.optim.TrustRatios;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The chunks that this executor updates, with their optimizer state and their part of the averaged
 * weights.
 */
final class OwnedChunks implements AutoCloseable {
  private record Owned(int chunk, Part part, Map<String, INDArray> state) {}

  /**
   * An owned chunk.
   *
   * @param from its first element in the whole vector
   * @param gradient the summed one
   */
  record Part(long from, INDArray parameters, INDArray gradient) {}

  /**
   * The part of an owned chunk that is updated with the same settings: all of it, or a part if
   * groups differ. Frozen parameters are in no piece.
   *
   * @param owned number of the owned chunk
   * @param run its place in the whole vector
   * @param parameters of the piece
   * @param companions of them, in the order of the run's {@link Companions}
   */
  private record Piece(
      int owned,
      ParameterGroups.Run run,
      Slice slice,
      INDArray parameters,
      List<INDArray> companions) {}

  private final Chunks chunks;
  private final Optimizer optimizer;
  private final Companions companions;
  private final ParameterGroups groups;
  private final DecayMask mask;
  private final List<DecayMask> masks = new ArrayList<>();
  private final List<Owned> owned = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  private final Slices slices;

  /**
   * @param gradient the memory of the summed gradient
   */
  OwnedChunks(
      Recipe recipe,
      Companions companions,
      ParameterGroups groups,
      Chunks chunks,
      int rank,
      int size,
      INDArray parameters,
      INDArray gradient) {
    this.chunks = chunks;
    this.groups = groups;
    this.optimizer = recipe.optimizer();
    this.companions = companions;
    this.mask = groups.decays(optimizer.decayNormsAndBiases());
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      long from = chunks.start(chunk);
      masks.add(mask.slice(from, from + chunks.length(chunk)));
      if (chunks.owner(chunk, size) == rank) {
        owned.add(own(chunk, parameters, gradient));
      }
    }
    this.slices = new Slices(pieces.stream().map(Piece::slice).toList(), KernelThreads.count());
  }

  /** Native bytes for each parameter that is updated here. */
  static long bytesPerParameter(Recipe recipe) {
    int vectors = recipe.optimizer().stateNames().size() + Companions.count(recipe);
    return (long) Float.BYTES * vectors;
  }

  private Owned own(int chunk, INDArray parameters, INDArray gradient) {
    long from = chunks.start(chunk);
    long to = from + chunks.length(chunk);
    INDArray values = parameters.get(NDArrayIndex.interval(from, to));
    INDArray gradients = gradient.get(NDArrayIndex.interval(from, to));
    Map<String, INDArray> state = new LinkedHashMap<>();
    for (String name : optimizer.stateNames()) {
      state.put(name, Nd4j.create(DataType.FLOAT, to - from));
    }
    List<INDArray> copies = companions.rules().stream().map(rule -> values.dup()).toList();
    for (ParameterGroups.Run run : groups.runs(from, to)) {
      long first = run.from() - from;
      long past = run.to() - from;
      Slice slice =
          new Slice(
              part(values, first, past),
              part(gradients, first, past),
              state.values().stream().map(vector -> part(vector, first, past)).toList(),
              mask.slice(run.from(), run.to()),
              run.rate());
      List<INDArray> followers = copies.stream().map(vector -> part(vector, first, past)).toList();
      pieces.add(new Piece(owned.size(), run, slice, part(values, first, past), followers));
    }
    for (int i = 0; i < copies.size(); i++) {
      state.put(companions.names().get(i), copies.get(i));
    }
    return new Owned(chunk, new Part(from, values, gradients), state);
  }

  private static INDArray part(INDArray vector, long from, long to) {
    return from == 0 && to == vector.length()
        ? vector
        : vector.get(NDArrayIndex.interval(from, to));
  }

  /** The sum of the squares of the trained part of each owned chunk's gradient, in order. */
  double[] squares() {
    double[] ofPieces = slices.gradientSquares();
    double[] squares = new double[owned.size()];
    for (int i = 0; i < ofPieces.length; i++) {
      squares[pieces.get(i).owned()] += ofPieces[i];
    }
    return squares;
  }

  /**
   * Moves the owned parameters, and what follows them, by one step.
   *
   * @param gather collects the owners' numbers, by rank; called only if the optimizer needs norms
   *     of whole tensors
   */
  void update(StepSettings step, Function<double[], double[][]> gather) {
    slices.update(
        optimizer,
        optimizer instanceof LayerWise layerWise ? trusting(layerWise, step, gather) : step,
        number -> {
          Piece piece = pieces.get(number);
          for (int i = 0; i < piece.companions().size(); i++) {
            companions
                .rules()
                .get(i)
                .follow(piece.companions().get(i), piece.parameters(), step.step());
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

  /**
   * Whether averages are evaluated in place of the parameters.
   *
   * @param steps done so far
   */
  boolean averages(long steps) {
    return companions.averages(steps);
  }

  /** The owned chunks, ascending. */
  List<Part> parts() {
    return owned.stream().map(Owned::part).toList();
  }

  /** Copies the owned averages of trained parameters into a vector of all parameters. */
  void copyAverages(INDArray target) {
    int average = companions.names().indexOf(Companions.AVERAGE);
    for (Piece piece : pieces) {
      part(target, piece.run().from(), piece.run().to()).assign(piece.companions().get(average));
    }
  }

  /** The names of the state vectors. */
  List<String> stateNames() {
    List<String> names = new ArrayList<>(optimizer.stateNames());
    names.addAll(companions.names());
    return names;
  }

  /** One state vector's owned chunks, by {@link Chunks#cell}. */
  Map<Integer, INDArray> state(String name) {
    Map<Integer, INDArray> all = new LinkedHashMap<>();
    for (Owned chunk : owned) {
      all.put(chunks.cell(chunk.chunk()), state(chunk, name));
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
