package org.convoy.driver.training;

import java.io.IOException;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.Moments;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.graph.Parameters;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.kernels.RunningStatistics;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The running statistics of weights that no training step has computed them for, as of averages:
 * the mean over global batches of the moments of each, as {@code torch.optim.swa_utils.update_bn}
 * has it. The images are those of an epoch of training. All executors compute them together.
 */
final class FreshStatistics implements AutoCloseable {
  private final RunSpec spec;
  private final Exchange exchange;
  private final MicroBatches range;
  private final Backpropagation backpropagation;
  private final TrainingImages images;
  private final ParameterGroups groups;
  private final INDArray weights;
  private final Moments moments;
  private long steps = -1;

  FreshStatistics(
      RunSpec spec,
      Exchange exchange,
      MicroBatches range,
      Backpropagation backpropagation,
      TrainingImages images) {
    this.spec = spec;
    this.exchange = exchange;
    this.range = range;
    this.backpropagation = backpropagation;
    this.images = images;
    this.groups = new ParameterGroups(spec.recipe().parameters(), spec.graph());
    this.weights = Nd4j.create(DataType.FLOAT, backpropagation.gradient().length());
    this.moments = new Moments(range, layout(spec, groups), backpropagation.gradient());
  }

  private static VectorLayout layout(RunSpec spec, ParameterGroups groups) {
    return groups.vector(spec.recipe().exchange().chunkFloats());
  }

  /** Whether a recipe has any. */
  static boolean wanted(Recipe recipe) {
    return recipe.swa().on() || recipe.validation().statisticsSteps() > 0;
  }

  /**
   * Whether weights get statistics of their own.
   *
   * @param averaged whether they are means of others
   */
  boolean wantedFor(boolean averaged) {
    return averaged || spec.recipe().validation().statisticsSteps() > 0;
  }

  /** Global batches of each; 0: those of an epoch. */
  private static int stated(Recipe recipe) {
    int stated = recipe.validation().statisticsSteps();
    return stated > 0 ? stated : recipe.swa().statisticsSteps();
  }

  /** Native bytes that it takes. */
  static long bytes(MicroBatches range, VectorLayout layout) {
    return Float.BYTES * layout.length() + Moments.bytes(range, layout);
  }

  /**
   * Weights with the statistics that belong to them.
   *
   * @param averaged the flat vector; may be the gradient
   * @param done the steps of the run so far, at least 1
   * @return valid until the next call with another number of steps
   */
  INDArray of(INDArray averaged, long done) throws IOException, InterruptedException {
    if (steps == done) {
      return weights;
    }
    weights.assign(averaged);
    int epoch = Math.toIntExact((done - 1) / images.stepsPerEpoch());
    int stated = stated(spec.recipe());
    int most = stated == 0 ? images.stepsPerEpoch() : Math.min(stated, images.stepsPerEpoch());
    RunningStatistics statistics =
        new RunningStatistics(
            backpropagation.graph(),
            Parameters.of(spec.graph()),
            (long) spec.microBatches() * spec.places(),
            groups.frozen());
    try (BatchLoader loader = images.load(range, epoch, 0)) {
      for (int step = 0; step < most; step++) {
        for (int i = 0; i < range.count(); i++) {
          try (Batch batch = loader.next().orElseThrow()) {
            backpropagation.moments(weights, batch);
          }
          moments.add();
        }
        moments.sum(exchange);
        statistics.update(
            weights, backpropagation.gradient(), spec.microBatches(), 1.0 / (step + 1));
      }
    }
    steps = done;
    return weights;
  }

  @Override
  public void close() {
    weights.close();
    moments.close();
  }
}
