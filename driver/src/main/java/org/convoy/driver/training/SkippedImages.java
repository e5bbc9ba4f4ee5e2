package org.convoy.driver.training;

import java.util.Locale;

/**
 * Counts the images of a split that were skipped in one pass because they do not decode. Each
 * executor counts those of all executors, so all make the same decision.
 */
final class SkippedImages {
  private final String split;
  private final long images;
  private final double mostShare;
  private long skipped;

  /**
   * @param split the name of the images in messages
   * @param images the number of images in the split
   * @param mostShare the recipe's {@code data.max-bad-share}
   */
  SkippedImages(String split, long images, double mostShare) {
    this.split = split;
    this.images = images;
    this.mostShare = mostShare;
  }

  /** Adds a number of images that were skipped by all executors together. */
  void add(long more) {
    skipped += more;
  }

  /** Begins a new pass. */
  void reset() {
    skipped = 0;
  }

  /** Whether more images were skipped than the recipe allows, or all of them. */
  boolean tooMany() {
    return skipped > mostShare * images || skipped == images;
  }

  /** The exception for too many skipped images. */
  BadImagesException failure() {
    if (skipped == images) {
      return new BadImagesException(
          String.format(Locale.ROOT, "none of the %d %s images decodes", images, split));
    }
    return new BadImagesException(
        String.format(
            Locale.ROOT,
            "%d of %d %s images do not decode, more than data.max-bad-share = %s allows; the log names them",
            skipped,
            images,
            split,
            mostShare));
  }
}
