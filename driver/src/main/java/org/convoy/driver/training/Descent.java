package org.convoy.driver.training;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.Chunks;
import org.convoy.driver.exchange.Combination;
import org.convoy.driver.exchange.Combiner;
import org.convoy.driver.exchange.Exchange;
import org.convoy.driver.exchange.MicroBatches;
import org.convoy.driver.exchange.PartialSums;
import org.convoy.driver.exchange.SynchronousSum;
import org.convoy.graph.Parameters;
import org.convoy.kernels.RunningStatistics;
import org.convoy.optim.GlobalNorm;
import org.convoy.optim.Schedule;
import org.convoy.optim.StepSettings;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What follows from the gradients of a step: the executors' sums, the update of the owned chunks,
 * everybody's new parameters.
 *
 * <p>Running statistics are not owned: their summed moments are gathered, and every executor moves
 * them alike.
 */
final class Descent implements AutoCloseable {
  private final RunSpec spec;
  private final Recipe recipe;
  private final Exchange exchange;
  private final Replica replica;
  private final Schedule schedule;
  private final Combiner combiner;
  private final PartialSums momentSums;
  private final INDArray gradientPart;
  private final INDArray momentPart;
  private final INDArray parameterPart;
  private final Chunks gradientChunks;
  private final Chunks momentChunks;
  private final OwnedChunks owned;
  private final RunningStatistics statistics;

  Descent(RunSpec spec, Exchange exchange, MicroBatches range, Replica replica, Schedule schedule) {
    this.spec = spec;
    this.recipe = spec.recipe();
    this.exchange = exchange;
    this.replica = replica;
    this.schedule = schedule;
    Parameters layout = replica.layout();
    long trained = layout.trainableLength();
    long moments = layout.length() - trained;
    this.gradientPart = replica.gradient().get(NDArrayIndex.interval(0, trained));
    this.parameterPart = replica.parameters().get(NDArrayIndex.interval(0, trained));
    this.gradientChunks = new Chunks(0, trained, recipe.exchange().chunkFloats());
    this.combiner = combination(recipe).open(exchange, range, gradientChunks);
    // A network without norms has no moments; one unused float keeps the two paths alike.
    this.momentPart =
        moments == 0
            ? replica.gradient().get(NDArrayIndex.interval(0, 1))
            : replica.gradient().get(NDArrayIndex.interval(trained, layout.length()));
    this.momentSums = new PartialSums(range, Math.max(1, moments));
    this.momentChunks = new Chunks(0, moments, recipe.exchange().chunkFloats());
    this.owned =
        new OwnedChunks(
            recipe,
            layout,
            gradientChunks,
            exchange.rank(),
            exchange.size(),
            parameterPart,
            gradientPart);
    this.statistics =
        new RunningStatistics(replica.plan().graph(), layout, recipe.batch().globalSize());
  }

  private static Combination combination(Recipe recipe) {
    return switch (recipe.exchange().combine()) {
      case SYNCHRONOUS_SUM -> new SynchronousSum();
    };
  }

  /** The chunks that this executor updates. */
  OwnedChunks owned() {
    return owned;
  }

  /** Takes the replica's gradient and moments of this executor's next micro-batch. */
  void add() {
    combiner.add(gradientPart);
    momentSums.add(momentPart);
  }

  /**
   * What a step came to.
   *
   * @param loss mean over the global batch
   * @param skipped images of it that did not decode
   */
  record Step(double loss, long skipped) {}

  /**
   * Ends a step.
   *
   * @param losses of this executor's micro-batches
   * @param skipped images of them that did not decode
   * @throws BadImagesException if no image of the global batch decodes
   */
  Step step(long step, double[] losses, int skipped) {
    exchange.reduceScatter(momentSums, momentChunks, momentPart);
    AtomicReference<Step> done = new AtomicReference<>();
    combiner.step(
        parameterPart,
        (sum, count, chunks, rank, owners) -> {
          owned.take(sum);
          done.set(update(step, losses, skipped));
        });
    exchange.allGather(momentChunks, momentPart);
    statistics.update(replica.parameters(), replica.gradient(), spec.microBatches());
    replica.plan().parametersChanged();
    return Objects.requireNonNull(done.get());
  }

  private Step update(long step, double[] losses, int skipped) {
    boolean clip = recipe.gradientClipNorm() > 0;
    double[] squares = clip ? owned.squares() : new double[0];
    double[] told = Arrays.copyOf(losses, losses.length + squares.length + 1);
    System.arraycopy(squares, 0, told, losses.length, squares.length);
    told[told.length - 1] = skipped;
    double[][] all = exchange.allGather(told);
    double loss = 0;
    long allSkipped = 0;
    double[] chunkSquares = new double[clip ? gradientChunks.count() : 0];
    for (int rank = 0; rank < all.length; rank++) {
      int count = MicroBatches.range(rank, exchange.size(), spec.microBatches()).count();
      for (int i = 0; i < count; i++) {
        loss += all[rank][i];
      }
      allSkipped += Math.round(all[rank][all[rank].length - 1]);
      int next = count;
      for (int chunk = 0; chunk < chunkSquares.length; chunk++) {
        if (gradientChunks.owner(chunk, exchange.size()) == rank) {
          chunkSquares[chunk] = all[rank][next++];
        }
      }
    }
    if (allSkipped == recipe.batch().globalSize()) {
      throw new BadImagesException(
          "no image of the global batch of step %d decodes".formatted(step + 1));
    }
    loss /= spec.microBatches();
    if (!Double.isFinite(loss)) {
      throw new DivergedException(step + 1, loss, schedule.at(step));
    }
    double scale =
        clip
            ? GlobalNorm.clippedScale(
                GlobalNorm.of(chunkSquares), spec.microBatches(), recipe.gradientClipNorm())
            : 1.0 / spec.microBatches();
    owned.update(new StepSettings(schedule.at(step), step, scale));
    return new Step(loss, allSkipped);
  }

  /**
   * The parameters that are judged and saved: the averages of the trained ones if the recipe keeps
   * them.
   */
  INDArray evaluated() {
    replica.plan().parametersChanged();
    if (!owned.averages()) {
      return replica.parameters();
    }
    // The gradient is free between steps and has the room.
    INDArray vector = replica.gradient();
    vector.assign(replica.parameters());
    owned.copyAverages(vector);
    exchange.allGather(gradientChunks, gradientPart);
    return vector;
  }

  @Override
  public void close() {
    combiner.close();
    momentSums.close();
    owned.close();
  }
}
