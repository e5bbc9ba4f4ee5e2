package org.convoy.driver.training;

import java.util.Locale;

/**
 * Counts the images of a split that were skipped because they do not decode, in one pass over it.
 * All executors count the same, those of the others included, so that all come to the same end.
 */
final class SkippedImages {
  private final String split;
  private final long images;
  private final double mostShare;
  private long skipped;

  /**
   * @param split what the images are called in a message
   * @param images how many the split has
   * @param mostShare the recipe's {@code data.max-bad-share}
   */
  SkippedImages(String split, long images, double mostShare) {
    this.split = split;
    this.images = images;
    this.mostShare = mostShare;
  }

  /** So many more were skipped, by all executors together. */
  void add(long more) {
    skipped += more;
  }

  /** A new pass begins. */
  void reset() {
    skipped = 0;
  }

  /** Whether there are more than the recipe allows, or no others at all. */
  boolean tooMany() {
    return skipped > mostShare * images || skipped == images;
  }

  /** What to throw where there are too many. */
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
