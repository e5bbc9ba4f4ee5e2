package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Combiner;
import org.convoy.optim.DecayMask;
import org.convoy.optim.LayerWise;
import org.convoy.optim.Optimizer;
import org.convoy.optim.OwnedChunk;
import org.convoy.optim.StepSettings;
import org.convoy.optim.TrustRatios;
import org.convoy.optim.Updater;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The chunks that this executor updates, with their optimizer state and their part of the averaged
 * weights. Their memory is the host's; an {@link Updater} may compute in that of a device, and then
 * brings what a checkpoint holds.
 */
final class OwnedChunks implements AutoCloseable {
  private record Owned(int chunk, OwnedChunk memory, Map<String, INDArray> state) {}

  private final Chunks chunks;
  private final Optimizer optimizer;
  private final Companions companions;
  private final ParameterGroups groups;
  private final DecayMask mask;
  private final List<DecayMask> masks = new ArrayList<>();
  private final List<Owned> owned = new ArrayList<>();
  private final Updater updater;

  /**
   * @param opener makes what updates chunks of these vectors
   */
  OwnedChunks(
      Recipe recipe,
      Companions companions,
      ParameterGroups groups,
      Chunks chunks,
      Combiner.Share share,
      Function<List<OwnedChunk>, Updater> opener) {
    this.chunks = chunks;
    this.groups = groups;
    this.optimizer = recipe.optimizer();
    this.companions = companions;
    this.mask = groups.decays(optimizer.decayNormsAndBiases());
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      long from = chunks.start(chunk);
      masks.add(mask.slice(from, from + chunks.length(chunk)));
      if (chunks.owner(chunk, share.owners()) == share.rank()) {
        owned.add(own(chunk, share.parameters(), share.sum()));
      }
    }
    this.updater = opener.apply(owned.stream().map(Owned::memory).toList());
  }

  /** Native bytes for each parameter that is updated here. */
  static long bytesPerParameter(Recipe recipe) {
    int vectors = recipe.optimizer().stateNames().size() + Companions.count(recipe);
    return (long) Float.BYTES * vectors;
  }

  private Owned own(int chunk, INDArray parameters, INDArray gradient) {
    long from = chunks.start(chunk);
    long to = from + chunks.length(chunk);
    INDArray values = part(parameters, from, to);
    Map<String, INDArray> state = new LinkedHashMap<>();
    for (String name : optimizer.stateNames()) {
      state.put(name, Nd4j.create(DataType.FLOAT, to - from));
    }
    List<INDArray> moments = List.copyOf(state.values());
    List<INDArray> copies = companions.rules().stream().map(rule -> values.dup()).toList();
    for (int i = 0; i < copies.size(); i++) {
      state.put(companions.names().get(i), copies.get(i));
    }
    List<OwnedChunk.Piece> pieces =
        groups.runs(from, to).stream()
            .map(
                run ->
                    new OwnedChunk.Piece(
                        run.from(), run.to(), run.rate(), mask.slice(run.from(), run.to())))
            .toList();
    INDArray sum = part(gradient, from, to);
    return new Owned(chunk, new OwnedChunk(from, values, sum, moments, copies, pieces), state);
  }

  private static INDArray part(INDArray vector, long from, long to) {
    return vector.get(NDArrayIndex.interval(from, to));
  }

  /** The sum of the squares of the trained part of each owned chunk's gradient, in order. */
  double[] squares() {
    double[] ofPieces = updater.gradientSquares();
    double[] squares = new double[owned.size()];
    int next = 0;
    for (int i = 0; i < squares.length; i++) {
      int count = owned.get(i).memory().pieces().size();
      for (int piece = 0; piece < count; piece++) {
        squares[i] += ofPieces[next++];
      }
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
    updater.update(
        optimizer,
        optimizer instanceof LayerWise layerWise ? trusting(layerWise, step, gather) : step);
  }

  private StepSettings trusting(
      LayerWise layerWise, StepSettings step, Function<double[], double[][]> gather) {
    double[][] all = gather.apply(updater.measure(layerWise, step));
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

  /** What moves them, for those who change the summed gradient before. */
  Updater updater() {
    return updater;
  }

  /** Copies the owned averages of trained parameters into a vector of all parameters. */
  void copyAverages(INDArray target) {
    int average = companions.names().indexOf(Companions.AVERAGE);
    for (Owned each : owned) {
      OwnedChunk memory = each.memory();
      INDArray averages = memory.companions().get(average);
      for (OwnedChunk.Piece piece : memory.pieces()) {
        part(target, piece.from(), piece.to())
            .assign(part(averages, piece.from() - memory.from(), piece.to() - memory.from()));
      }
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
    updater.close();
    owned.forEach(chunk -> chunk.state().values().forEach(INDArray::close));
  }
}
