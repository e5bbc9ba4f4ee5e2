package org.convoy.driver.training;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.optim.LearningRate;

/**
 * A step of all executors. Each computes its micro-batches of the global batch and takes part in
 * the update. Afterwards all know the global batch's loss and the number of its images that were
 * skipped.
 */
final class GlobalStep {
  private final RunSpec spec;
  private final Exchange exchange;
  private final MicroBatches range;
  private final Supervision supervision;
  private final Descent descent;
  private final LearningRate schedule;
  private final StepClock clock;
  private final BadImageReports badImages;
  private final SkippedImages skipped;
  private final DoubleSupplier wish;
  private boolean stopAsked;
  private List<Integer> leavers = List.of();

  /**
   * @param range this executor's micro-batches
   * @param supervision gives the targets of micro-batches
   * @param wish what this executor wishes: a constant of {@link Stopping}
   */
  GlobalStep(
      RunSpec spec,
      Exchange exchange,
      MicroBatches range,
      Supervision supervision,
      Descent descent,
      LearningRate schedule,
      StepClock clock,
      BadImageReports badImages,
      DoubleSupplier wish) {
    this.spec = spec;
    this.exchange = exchange;
    this.range = range;
    this.supervision = supervision;
    this.descent = descent;
    this.schedule = schedule;
    this.clock = clock;
    this.badImages = badImages;
    this.wish = wish;
    this.skipped =
        new SkippedImages("training", spec.trainingSamples(), spec.recipe().data().maxBadShare());
  }

  /** Begins an epoch. */
  void beginEpoch() {
    skipped.reset();
  }

  /**
   * Takes the step.
   *
   * @param step the number of steps before this one
   * @return the mean loss over the global batch
   * @throws BadImagesException if no image of the global batch decodes, or if too many images of
   *     the epoch did not
   * @throws DivergedException if the loss is NaN or infinite
   */
  double take(BatchLoader loader, long step) throws IOException, InterruptedException {
    // The step's losses, the number of its images that this executor skipped, what it wishes.
    double[] own = new double[range.count() + 2];
    for (int i = 0; i < range.count(); i++) {
      long key = step * spec.microBatches() + range.from() + i;
      clock.enter(StepClock.Phase.DATA);
      try (Batch batch = loader.next().orElseThrow()) {
        own[i] = descent.compute(step, batch, supervision.of(batch, key), key);
        // Views of an image have the same bytes, and the first views come first.
        int bad = batch.badImages().size() / spec.recipe().task().views();
        own[range.count()] += bad;
        badImages.add(batch.badImages().subList(0, bad));
      }
    }
    descent.end(step);
    own[range.count() + 1] = wish.getAsDouble();
    clock.enter(StepClock.Phase.EXCHANGE);
    double[][] all = exchange.allGather(own);
    clock.enter(StepClock.Phase.OTHER);
    checkSkipped(step, all);
    noteWishes(all);
    double loss = loss(all);
    if (!Double.isFinite(loss)) {
      throw new DivergedException(step + 1, loss, schedule.at(step));
    }
    return loss;
  }

  private void checkSkipped(long step, double[][] all) {
    long count = Arrays.stream(all).mapToLong(told -> Math.round(told[told.length - 2])).sum();
    skipped.add(count);
    if (count == spec.recipe().batch().globalSize()) {
      badImages.tell();
      throw new BadImagesException(
          "no image of the global batch of step " + (step + 1) + " decodes");
    }
    badImages.requireFew(skipped);
  }

  private void noteWishes(double[][] all) {
    stopAsked = Arrays.stream(all).anyMatch(told -> told[told.length - 1] != Stopping.NOTHING);
    leavers =
        IntStream.range(0, all.length)
            .filter(rank -> all[rank][all[rank].length - 1] == Stopping.LEAVE)
            .boxed()
            .toList();
  }

  /** Whether the attempt stops after the step that was taken last; the same on all executors. */
  boolean stopAsked() {
    return stopAsked;
  }

  /** The ranks of the executors that are told to end. */
  List<Integer> leavers() {
    return leavers;
  }

  /** The mean of the losses, added in the order of micro-batches. */
  private double loss(double[][] all) {
    double sum = 0;
    for (double[] told : all) {
      for (int i = 0; i < told.length - 2; i++) {
        sum += told[i];
      }
    }
    return sum / spec.microBatches();
  }
}
