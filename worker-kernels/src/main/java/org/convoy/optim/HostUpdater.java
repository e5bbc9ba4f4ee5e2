package org.convoy.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Moves parameters in the host's memory, on several threads. */
public final class HostUpdater implements Updater {
  private record Following(INDArray parameters, List<INDArray> companions) {}

  private final List<OwnedChunk> chunks;
  private final List<Companion> companions;
  private final List<Following> following = new ArrayList<>();
  private final Slices slices;

  /**
   * @param companions the rules of each chunk's companions
   * @param threads number of threads that work at once
   */
  public HostUpdater(List<OwnedChunk> chunks, List<Companion> companions, int threads) {
    this.chunks = List.copyOf(chunks);
    this.companions = List.copyOf(companions);
    List<Slice> all = new ArrayList<>();
    for (OwnedChunk chunk : chunks) {
      for (OwnedChunk.Piece piece : chunk.pieces()) {
        long from = piece.from() - chunk.from();
        long to = piece.to() - chunk.from();
        INDArray parameters = part(chunk.parameters(), from, to);
        all.add(
            new Slice(
                parameters,
                part(chunk.gradient(), from, to),
                parts(chunk.state(), from, to),
                piece.decay(),
                piece.rate()));
        following.add(new Following(parameters, parts(chunk.companions(), from, to)));
      }
    }
    this.slices = new Slices(all, threads);
  }

  private static List<INDArray> parts(List<INDArray> vectors, long from, long to) {
    return vectors.stream().map(vector -> part(vector, from, to)).toList();
  }

  private static INDArray part(INDArray vector, long from, long to) {
    return from == 0 && to == vector.length()
        ? vector
        : vector.get(NDArrayIndex.interval(from, to));
  }

  @Override
  public double[] gradientSquares() {
    return slices.gradientSquares();
  }

  @Override
  public double[] unitSquares(Units units) {
    double[][] measured = new double[chunks.size()][];
    IntStream.range(0, measured.length)
        .parallel()
        .forEach(
            i -> {
              OwnedChunk chunk = chunks.get(i);
              measured[i] = units.squares(chunk.from(), chunk.parameters(), chunk.gradient());
            });
    return Stream.of(measured).flatMapToDouble(Arrays::stream).toArray();
  }

  @Override
  public void scale(Units units, double[] factors) {
    chunks.parallelStream().forEach(each -> units.scale(each.from(), each.gradient(), factors));
  }

  @Override
  public double[] measure(LayerWise optimizer, StepSettings step) {
    return slices.measure(optimizer, step).stream().flatMapToDouble(Arrays::stream).toArray();
  }

  @Override
  public void update(Optimizer optimizer, StepSettings step) {
    slices.update(
        optimizer,
        step,
        piece -> {
          Following each = following.get(piece);
          for (int i = 0; i < companions.size(); i++) {
            companions.get(i).follow(each.companions().get(i), each.parameters(), step.step());
          }
        });
  }

  @Override
  public void fetchState() {
    // The arrays are what is updated.
  }

  @Override
  public void sendState() {
    // The arrays are what is updated.
  }

  @Override
  public void close() {
    // The arrays belong to whoever made them.
  }
}
