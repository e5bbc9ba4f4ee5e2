package org.convoy.driver.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The names and the order of classes that a data set states as numbers. */
final class ClassNames {
  /** The file with the name of class 0 in its first line. */
  static final String FILE = "classes.txt";

  private static final long MOST_BYTES = 16L << 20;

  private ClassNames() {}

  /**
   * For a format whose data states the classes: orders classes whose names are all numbers as
   * numbers, and names them by the data set's file of names, if there is one.
   *
   * @throws DataSetException if a number has no name there
   */
  static void name(ClassTable found, DataSplit split, Configuration hadoop) throws IOException {
    found.areStated();
    Path file = new Path(split.set().path(), FILE);
    if (!areNumbers(found.names())) {
      return;
    }
    if (file.getFileSystem(hadoop).exists(file)) {
      name(found, split, file, hadoop);
    } else {
      found.orderAsNumbers();
    }
  }

  private static boolean areNumbers(Set<String> classes) {
    return !classes.isEmpty() && classes.stream().allMatch(name -> name.matches("\\d{1,9}"));
  }

  /**
   * Names classes whose names are numbers by the lines of a file.
   *
   * @throws DataSetException if a number has no line there
   */
  static void name(ClassTable found, DataSplit split, Path file, Configuration hadoop)
      throws IOException {
    found.areStated();
    Set<String> classes = found.names();
    List<String> names = lines(file, hadoop);
    if (new HashSet<>(names).size() < names.size()) {
      throw new DataSetException(file + " names a class twice: expected a name for each class");
    }
    for (String number : classes) {
      if (Integer.parseInt(number) >= names.size()) {
        throw new DataSetException(
            file + " names " + names.size() + " classes, and " + split + " has class " + number);
      }
    }
    found.rename(names);
  }

  /**
   * The lines of a text file, without blank ones at the end.
   *
   * @throws DataSetException if it is too long to be a list of names
   */
  static List<String> lines(Path file, Configuration hadoop) throws IOException {
    long length = DataFiles.status(file.toString(), hadoop).getLen();
    if (length > MOST_BYTES) {
      throw new DataSetException(
          file + " is no list of names: expected at most " + MOST_BYTES + " bytes, got " + length);
    }
    try (InputStream in = DataFiles.open(file, hadoop)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ArrayList<>(text.stripTrailing().lines().map(String::strip).toList());
    }
  }
}
