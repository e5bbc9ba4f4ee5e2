package org.convoy.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The slices that one owner updates in a step, on several threads: threads of the JVM's common pool
 * and the calling thread. Each thread takes the next free slice, and one thread processes all of a
 * slice. So neither the number of threads nor their speed can change a bit of the result.
 */
public final class Slices {
  /** Elements of a chunk of {@link #cut}, 256 KiB: they stay in a core's second-level cache. */
  private static final int CHUNK_FLOATS = 65536;

  private final List<Slice> slices;
  private final int threads;

  /**
   * @param slices slices of disjoint parts of the vectors
   * @param threads number of threads that work at once; 1: only the calling thread; the pool may
   *     have fewer
   */
  public Slices(List<Slice> slices, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: expected at least 1, got " + threads);
    }
    this.slices = List.copyOf(slices);
    this.threads = threads;
  }

  /**
   * Cuts whole vectors into chunks of a recipe's default size, all owned by one executor.
   *
   * @param parameters (n) float32
   * @param gradient (n) float32
   * @param state one (n) float32 for each of the optimizer's state vectors
   * @param decay which elements weight decay applies to
   * @param threads number of threads that work at once
   */
  public static Slices cut(
      INDArray parameters, INDArray gradient, List<INDArray> state, DecayMask decay, int threads) {
    List<Slice> slices = new ArrayList<>();
    for (long from = 0; from < parameters.length(); from += CHUNK_FLOATS) {
      long start = from;
      long end = Math.min(parameters.length(), from + CHUNK_FLOATS);
      slices.add(
          new Slice(
              view(parameters, start, end),
              view(gradient, start, end),
              state.stream().map(vector -> view(vector, start, end)).toList(),
              decay.slice(start, end)));
    }
    return new Slices(slices, threads);
  }

  private static INDArray view(INDArray vector, long from, long to) {
    return vector.get(NDArrayIndex.interval(from, to));
  }

  /** The number of slices. */
  public int count() {
    return slices.size();
  }

  /** Takes one step of the optimizer on each slice. */
  public void update(Optimizer optimizer, StepSettings step) {
    update(optimizer, step, slice -> {});
  }

  /**
   * Takes one step of the optimizer on each slice.
   *
   * @param updated called with the number of each updated slice, on the thread that updated it,
   *     while the parameters are still in the cache
   */
  public void update(Optimizer optimizer, StepSettings step, IntConsumer updated) {
    each(
        slice -> {
          Slice own = slices.get(slice);
          optimizer.update(own, step.times(own.rate()));
          updated.accept(slice);
        });
  }

  /**
   * The first pass of a {@link LayerWise} step.
   *
   * @return for each slice, two sums per part of a tensor in it
   */
  public List<double[]> measure(LayerWise optimizer, StepSettings step) {
    double[][] sums = new double[slices.size()][];
    each(
        slice -> {
          TensorSums parts = new TensorSums(slices.get(slice).decay());
          optimizer.measure(slices.get(slice), step, parts);
          sums[slice] = parts.toArray();
        });
    return List.of(sums);
  }

  /** For each slice, {@link GlobalNorm#sumOfSquares} of its gradient. */
  public double[] gradientSquares() {
    double[] squares = new double[slices.size()];
    each(slice -> squares[slice] = slices.get(slice).gradientSquares());
    return squares;
  }

  private void each(IntConsumer work) {
    AtomicInteger next = new AtomicInteger();
    IntConsumer thread =
        number -> {
          int slice = next.getAndIncrement();
          while (slice < slices.size()) {
            work.accept(slice);
            slice = next.getAndIncrement();
          }
        };
    int together = Math.min(threads, slices.size());
    if (together <= 1) {
      thread.accept(0);
    } else {
      IntStream.range(0, together).parallel().forEach(thread);
    }
  }
}
