package org.convoy.driver.data;

import java.util.List;

/** The file that gives the numbers of classes their names: a line for each, in their order. */
public final class ClassList {
  /** Its name in a data set's folder. */
  public static final String FILE = ClassNames.FILE;

  private ClassList() {}

  /**
   * The file's text.
   *
   * @throws DataSetException if a name cannot be a line of it
   */
  public static String text(List<String> classes) throws DataSetException {
    for (String name : classes) {
      if (name.isEmpty() || !name.equals(name.strip()) || name.lines().count() != 1) {
        throw new DataSetException(
            "class '"
                + name
                + "' cannot be a line of "
                + FILE
                + ": expected a name without line breaks and without white space at its ends");
      }
    }
    return String.join("\n", classes) + "\n";
  }
}
