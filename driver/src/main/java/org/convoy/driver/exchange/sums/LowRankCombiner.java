package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.convoy.driver.exchange.sums.LowRankLayout.Compressed;
import org.convoy.driver.exchange.sums.LowRankLayout.Dense;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Exchanges thin factors of gradients. With the sum M of a group's gradient and its error, and the
 * right factor Q of the step before:
 *
 * <ol>
 *   <li>P is the sum of M Q over all groups, with orthonormal columns;
 *   <li>Q is the mean of M' P over all groups;
 *   <li>P Q' stands for the mean of M over groups; a group's error is M less P Q'.
 * </ol>
 *
 * <p>Both sums follow the {@link SumTree} over groups. All executors hold the same factors and make
 * the same update.
 */
final class LowRankCombiner implements Combiner {

  private final Exchange exchange;
  private final VectorLayout layout;
  private final Chunks chunks;
  private final List<VectorLayout.Range> moving;
  private final LowRankLayout factors;
  private final int groups;
  private final int own;
  private final Share share;
  private final INDArray gradient;
  private final VectorMemory memory;
  private final GroupSums sums;
  private final Moments moments;
  private final Residuals errors;
  private final Factor left;
  private final Factor right;

  /** One of the two vectors of factors, and its sums over groups. */
  private static final class Factor implements AutoCloseable {
    private final INDArray vector;
    private final Floats memory;
    private final Chunks chunks;
    private final PartialSums sums;

    Factor(long length, MicroBatches own, int chunkFloats) {
      this.vector = Nd4j.create(DataType.FLOAT, length);
      this.memory = Floats.of(vector);
      this.chunks = new Chunks(0, length, chunkFloats);
      this.sums = new PartialSums(own, length);
    }

    /** Adds the vector as that of the next group. */
    void add() {
      sums.add(vector);
    }

    /** Replaces the vector by the sum over all groups. */
    void sum(Exchange exchange) {
      exchange.reduceScatter(sums, chunks, vector);
      exchange.allGather(chunks, vector);
    }

    @Override
    public void close() {
      vector.close();
      sums.close();
    }
  }

  LowRankCombiner(
      int rank,
      Exchange exchange,
      MicroBatches range,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    this.exchange = exchange;
    this.layout = layout;
    this.chunks = layout.trainedChunks();
    this.moving = layout.moving();
    this.factors = new LowRankLayout(rank, layout);
    this.groups = range.groups();
    MicroBatches ownGroups = range.asGroups();
    this.own = ownGroups.count();
    this.share = new Share(0, OptionalInt.empty(), parameters, gradient, 0, 1, range.total());
    this.gradient = gradient;
    this.memory = memory;
    this.sums = new GroupSums(range, layout, gradient, memory, this::complete);
    this.moments = new Moments(range, layout, gradient);
    this.errors = new Residuals("error", ownGroups, chunks.elements());
    this.left = new Factor(factors.left(), ownGroups, layout.chunkFloats());
    this.right = new Factor(Math.max(1, factors.right()), ownGroups, layout.chunkFloats());
    for (Compressed each : factors.compressed()) {
      ThinMatrix.draw(each.right(), right.memory, each.right(), rank * each.matrix().columns());
    }
  }

  /** The native bytes that an executor's combiner takes. */
  static long bytes(int rank, MicroBatches range, int executors, VectorLayout layout) {
    LowRankLayout factors = new LowRankLayout(rank, layout);
    MicroBatches own = range.asGroups();
    long both = factors.left() + Math.max(1, factors.right());
    long staging = executors == 1 ? 0 : ReduceScatter.STAGING_BYTES;
    return GroupSums.bytes(range, layout)
        + Moments.bytes(range, layout)
        + Residuals.bytes(own, layout.trainedChunks().elements())
        + Float.BYTES * both
        + PartialSums.bytes(own, both)
        + staging;
  }

  /** The native bytes of the errors of an executor's groups, and of the factors that are kept. */
  static long stateBytes(int rank, MicroBatches range, VectorLayout layout) {
    return Residuals.bytes(range.asGroups(), layout.trainedChunks().elements())
        + Float.BYTES * Math.max(1, new LowRankLayout(rank, layout).right());
  }

  /** What an executor sends in a step. */
  static Load load(int rank, MicroBatches range, int executors, VectorLayout layout) {
    LowRankLayout factors = new LowRankLayout(rank, layout);
    long both = factors.left() + Math.max(1, factors.right());
    return executors == 1
        ? Load.NOTHING
        : Load.allReduce(range.asGroups(), executors, both)
            .plus(new Load(0, 0, 0, 2, 0))
            .plus(Load.moments(range, executors, layout));
  }

  @Override
  public List<Share> shares() {
    return List.of(share);
  }

  @Override
  public INDArray next() {
    return share.parameters();
  }

  @Override
  public void finished(long from, long to) {
    sums.finished(from, to);
  }

  private void complete(int group, int chunk, Floats sum) {
    long start = chunks.start(chunk);
    long end = start + chunks.length(chunk);
    for (VectorLayout.Range range : moving) {
      long from = Math.max(start, range.from());
      long to = Math.min(end, range.to());
      if (from < to) {
        errors.of(group).add(chunks.place(chunk) + from - start, sum, from, (int) (to - from));
      }
    }
  }

  @Override
  public void endMicroBatch(Update update) {
    if (sums.endMicroBatch()) {
      sums.nextGroup();
    }
    moments.add();
  }

  @Override
  public void endStep(long step, Update update) {
    sums.nextStep();
    moments.sum(exchange);
    sumLeft();
    sumRight();
    approximate();
    memory.send(gradient, 0, layout.trained());
    update.statistics(share, gradient);
    update.apply(share);
  }

  private void sumLeft() {
    for (int group = 0; group < own; group++) {
      Floats accumulated = errors.of(group);
      for (Compressed each : factors.compressed()) {
        ThinMatrix.timesRight(each, accumulated, right.memory, left.memory, factors.rank());
      }
      for (Dense each : factors.dense()) {
        left.memory.copy(each.left(), accumulated, each.place(), each.length());
        accumulated.clear(each.place(), each.length());
      }
      left.add();
    }
    left.sum(exchange);
    for (Compressed each : factors.compressed()) {
      ThinMatrix.orthonormalize(left.memory, each.left(), each.matrix().rows(), factors.rank());
    }
  }

  private void sumRight() {
    for (int group = 0; group < own; group++) {
      for (Compressed each : factors.compressed()) {
        ThinMatrix.transposedTimesLeft(
            each, errors.of(group), left.memory, right.memory, factors.rank());
      }
      right.add();
    }
    right.sum(exchange);
    for (int chunk = 0; chunk < right.chunks.count(); chunk++) {
      right.memory.divide(right.chunks.start(chunk), right.chunks.length(chunk), groups);
    }
  }

  /** Writes the sum of all groups' approximated gradients, and keeps the errors. */
  private void approximate() {
    Floats target = Floats.of(gradient);
    for (Compressed each : factors.compressed()) {
      long from = each.matrix().from();
      int length = Math.toIntExact(each.matrix().length());
      ThinMatrix.product(each, left.memory, right.memory, target, factors.rank());
      for (int group = 0; group < own; group++) {
        errors.of(group).subtract(each.place(), target, from, length);
      }
      target.multiply(from, length, groups);
    }
    for (Dense each : factors.dense()) {
      target.copy(each.from(), left.memory, each.left(), each.length());
    }
  }

  @Override
  public boolean together(long steps) {
    return true;
  }

  @Override
  public void collect(Fill fill, INDArray target) {
    fill.fill(share, target);
  }

  @Override
  public List<State> state(long steps) {
    List<State> state = new ArrayList<>(errors.state());
    state.add(new State("right-factors", 0, right.vector, true));
    return state;
  }

  @Override
  public void restored(long steps) {
    // Parameters, errors and factors are the whole state.
  }

  @Override
  public void close() {
    sums.close();
    moments.close();
    errors.close();
    left.close();
    right.close();
  }
}
