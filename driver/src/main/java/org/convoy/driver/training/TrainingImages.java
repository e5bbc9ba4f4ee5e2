package org.convoy.driver.training;

import org.convoy.driver.data.Lanes;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.graph.Draws;
import org.convoy.image.loader.BatchLoader;

/**
 * The images that a run trains on. Their order and augmentation follow from the recipe's seed, and
 * do not depend on who computes with them.
 */
final class TrainingImages {
  private final RunSpec spec;
  private final ImageFeed feed;
  private final Lanes lanes;
  private final long augmentationSeed;

  /**
   * @param feed of the training split
   */
  TrainingImages(RunSpec spec, ImageFeed feed) {
    this.spec = spec;
    this.feed = feed;
    long seed = spec.recipe().seed();
    this.lanes =
        new Lanes(
            feed.index(),
            spec.recipe().data().sampling(),
            spec.microBatches(),
            spec.microBatchSize(),
            new Draws(seed, "order").bits(0),
            spec.lanes());
    this.augmentationSeed = new Draws(seed, "augmentation").bits(0);
  }

  /** The number of whole global batches in an epoch. */
  int stepsPerEpoch() {
    return lanes.stepsPerEpoch();
  }

  /**
   * Micro-batches step by step, from a step of an epoch to the epoch's end.
   *
   * @param range those of each step
   * @param step within the epoch
   */
  BatchLoader load(MicroBatches range, int epoch, int step) {
    return feed.training(
        spec.input(epoch), lanes, range, augmentationSeed, epoch, step, spec.recipe().views());
  }
}
