package org.convoy.driver.data;

import java.util.TreeSet;

/** Refuses class folders without images, and folders of class folders. */
final class EmptyClasses {
  private EmptyClasses() {}

  /**
   * Checks an index of class folders. Classes that the data states may be empty.
   *
   * @throws DataSetException if a class has no image, or if the classes seem to be splits
   */
  static void refuse(DataSplit split, SampleIndex index, ClassTable classes)
      throws DataSetException {
    if (classes.isStated()) {
      return;
    }
    long[] counts = index.classCounts();
    for (int label = 0; label < counts.length; label++) {
      if (counts[label] == 0) {
        String name = index.classes().get(label);
        int folders = classes.folders(name);
        throw new DataSetException(
            "class folder '"
                + name
                + "' of "
                + split
                + " is empty: expected image files ("
                + String.join(", ", new TreeSet<>(ImageNames.EXTENSIONS))
                + "), got "
                + (folders == 0 ? "none" : "none, in " + folders + " folders"));
      }
    }
    if (NestedImages.seemSplits(index)) {
      throw new DataSetException(
          split
              + " holds folders of class folders: no image lies in "
              + String.join(", ", index.classes())
              + " itself; is '"
              + index.classes().get(0)
              + "' a split? Then name it as one");
    }
  }
}
