package org.convoy.driver.data;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the result of a listing, and everything in it that the user may not expect. */
final class ListingReport {

  private static final Logger LOG = LoggerFactory.getLogger(SampleIndexer.class);

  /** Number of changed images that a message names. */
  private static final int NAMES = 5;

  private ListingReport() {}

  static void tell(DataSplit split, SampleIndex index, LeftOutFiles leftOut, long millis) {
    LOG.info(
        "Indexed {}: {} images in {} classes, {} left out, {} ms",
        split,
        index.count(),
        index.classes().size(),
        leftOut.count(),
        millis);
    leftOut.describe(false).forEach(each -> LOG.info("Left out of {}: {}", split, each));
    leftOut.describe(true).forEach(each -> LOG.warn("Left out of {}: {}", split, each));
    UnicodeForms.alike(index.classes())
        .forEach(each -> LOG.warn("Classes of {} look alike: {}", split, each));
    if ((split.format() == DataFormat.FOLDER || split.format() == DataFormat.TAR)
        && NestedImages.all(index)) {
      LOG.warn(
          "No class folder of {} holds images itself, only in folders such as {}:"
              + " if {} are splits, name one as the split",
          split,
          index.describe(0),
          index.classes().stream().limit(NAMES).toList());
    }
  }

  /** Logs the names of images whose content was replaced. */
  static void tellChanges(SampleIndex before, SampleIndex now) {
    if (!before.fingerprint().equals(now.fingerprint())) {
      return;
    }
    List<String> changed = new ArrayList<>();
    for (int sample = 0; sample < now.count(); sample++) {
      if (before.check(sample) != now.check(sample)) {
        changed.add(now.describe(sample));
      }
    }
    if (!changed.isEmpty()) {
      LOG.warn(
          "{}: {} images have other contents of the same length than before: {}{}",
          now.title(),
          changed.size(),
          String.join(", ", changed.subList(0, Math.min(NAMES, changed.size()))),
          changed.size() > NAMES ? ", ..." : "");
    }
  }
}
