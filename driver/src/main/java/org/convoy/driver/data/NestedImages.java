package org.convoy.driver.data;

import java.util.Set;

/** Detects data sets whose class folders hold their images only in sub-folders. */
final class NestedImages {

  /** Usual names of splits. The classes of a data set hardly ever all have such names. */
  private static final Set<String> SPLITS =
      Set.of("train", "training", "val", "valid", "validation", "test", "testing", "dev", "eval");

  private NestedImages() {}

  /**
   * Whether the folders that were taken for classes are probably splits: no image is directly in
   * one of them, and there is only one folder, or all have names of splits.
   */
  static boolean seemSplits(SampleIndex index) {
    return all(index) && (index.classes().size() == 1 || SPLITS.containsAll(index.classes()));
  }

  /** Whether no image is directly in a class folder. */
  static boolean all(SampleIndex index) {
    for (int sample = 0; sample < index.count(); sample++) {
      if (index.name(sample).indexOf('/') < 0) {
        return false;
      }
    }
    return true;
  }
}
