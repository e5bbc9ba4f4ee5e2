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
  /** What an executor tells the others behind the losses of a step: the numbers' places. */
  private static final int SKIPPED = 0;

  private static final int WISH = 1;
  private static final int WRITTEN = 2;
  private static final int TOLD = 3;

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
  private final Saving saving;
  private boolean stopAsked;
  private List<Integer> leavers = List.of();

  /**
   * @param range this executor's micro-batches
   * @param supervision gives the targets of micro-batches
   * @param wish what this executor wishes: a constant of {@link Stopping}
   * @param saving the checkpoint that is written meanwhile
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
      DoubleSupplier wish,
      Saving saving) {
    this.spec = spec;
    this.exchange = exchange;
    this.range = range;
    this.supervision = supervision;
    this.descent = descent;
    this.schedule = schedule;
    this.clock = clock;
    this.badImages = badImages;
    this.wish = wish;
    this.saving = saving;
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
    double[] own = new double[range.count() + TOLD];
    for (int i = 0; i < range.count(); i++) {
      long key = step * spec.microBatches() + range.from() + i;
      clock.enter(StepClock.Phase.DATA);
      try (Batch batch = loader.next().orElseThrow()) {
        own[i] = descent.compute(step, batch, supervision.of(batch, key), key);
        // Views of an image have the same bytes, and the first views come first.
        int bad = batch.badImages().size() / spec.recipe().loss().views();
        own[range.count() + SKIPPED] += bad;
        badImages.add(batch.badImages().subList(0, bad));
      }
    }
    descent.end(step);
    own[range.count() + WISH] = wish.getAsDouble();
    own[range.count() + WRITTEN] = saving.written() ? 1 : 0;
    clock.enter(StepClock.Phase.EXCHANGE);
    double[][] all = exchange.allGather(own);
    descent.returnParameters();
    clock.enter(StepClock.Phase.OTHER);
    checkSkipped(step, all);
    noteWishes(all);
    commitIfWritten(all);
    double loss = loss(all);
    if (!Double.isFinite(loss)) {
      throw new DivergedException(step + 1, loss, schedule.at(step));
    }
    return loss;
  }

  private void checkSkipped(long step, double[][] all) {
    long count = Arrays.stream(all).mapToLong(own -> Math.round(told(own, SKIPPED))).sum();
    skipped.add(count);
    if (count == spec.recipe().batch().globalSize()) {
      badImages.tell();
      throw new BadImagesException(
          "no image of the global batch of step " + (step + 1) + " decodes");
    }
    badImages.requireFew(skipped);
  }

  private void noteWishes(double[][] all) {
    stopAsked = Arrays.stream(all).anyMatch(own -> told(own, WISH) != Stopping.NOTHING);
    leavers =
        IntStream.range(0, all.length)
            .filter(rank -> told(all[rank], WISH) == Stopping.LEAVE)
            .boxed()
            .toList();
  }

  private void commitIfWritten(double[][] all) throws IOException, InterruptedException {
    if (Arrays.stream(all).allMatch(own -> told(own, WRITTEN) == 1)) {
      StepClock.Phase before = clock.enter(StepClock.Phase.CHECKPOINT);
      saving.commit();
      clock.enter(before);
    }
  }

  /** One of the numbers behind an executor's losses. */
  private static double told(double[] own, int what) {
    return own[own.length - TOLD + what];
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
    for (double[] own : all) {
      for (int i = 0; i < own.length - TOLD; i++) {
        sum += own[i];
      }
    }
    return sum / spec.microBatches();
  }
}
