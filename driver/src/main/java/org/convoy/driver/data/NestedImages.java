package org.convoy.driver.data;

import java.util.Set;

/** Tells data sets whose class folders hold their images in folders of their own. */
final class NestedImages {

  /** Names that splits usually have, and hardly ever all classes of a data set. */
  private static final Set<String> SPLITS =
      Set.of("train", "training", "val", "valid", "validation", "test", "testing", "dev", "eval");

  private NestedImages() {}

  /**
   * Whether the folders that were taken for classes are more likely splits: no image lies in one
   * itself, and there is only one, or all have names of splits.
   */
  static boolean seemSplits(SampleIndex index) {
    return all(index) && (index.classes().size() == 1 || SPLITS.containsAll(index.classes()));
  }

  /** Whether no image lies in a class folder itself. */
  static boolean all(SampleIndex index) {
    for (int sample = 0; sample < index.count(); sample++) {
      if (index.name(sample).indexOf('/') < 0) {
        return false;
      }
    }
    return true;
  }
}
