package org.convoy.driver.data;

import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.settings.RequestException;

/**
 * One part of a data set, such as {@code train}: a folder that holds a sub-folder for each class.
 *
 * @param set the data set it belongs to
 * @param name the folder's path below the root, without slashes at either end; empty for the root
 *     itself
 */
public record DataSplit(DataSet set, String name) {

  /** Normalises the name. */
  public DataSplit {
    Objects.requireNonNull(set, "set");
    name = normalise(name);
  }

  /**
   * Checks that the split exists, without listing it.
   *
   * @throws DataSetException if it does not exist
   * @throws IOException if the file system cannot be reached
   */
  public void check(Configuration hadoop) throws IOException {
    format().open().check(this, hadoop);
  }

  /** Its storage format: the data set's, unless the split's name is that of a list of images. */
  DataFormat format() {
    return ListFileFormat.names(name) ? DataFormat.LIST : set.format();
  }

  /**
   * Refuses an output folder inside the split, where it would be taken for a class.
   *
   * @param folder a Hadoop path, which need not exist
   * @throws RequestException if the folder is inside the split
   * @throws IOException if the file system cannot be reached
   */
  public void requireOutside(String folder, Configuration hadoop) throws IOException {
    if (format() != DataFormat.FOLDER) {
      return;
    }
    String root = DataFiles.resolved(new Path(set.uri() + "/" + name), hadoop) + "/";
    String written = DataFiles.resolved(new Path(folder), hadoop) + "/";
    if (written.startsWith(root)) {
      throw new RequestException(
          "the output folder "
              + folder
              + " lies in "
              + this
              + ", where it would be taken for a class: expected a folder outside");
    }
  }

  /** The name of the split in messages. */
  @Override
  public String toString() {
    return name.isEmpty() ? "data set " + set.uri() : "split '" + name + "' of " + set.uri();
  }

  /** A relative path without empty parts, "." and slashes at either end. */
  static String normalise(String path) {
    if (isPlain(path)) {
      return path;
    }
    StringBuilder plain = new StringBuilder(path.length());
    for (String part : path.split("/")) {
      if (!part.isEmpty() && !part.equals(".")) {
        plain.append(plain.length() == 0 ? "" : "/").append(part);
      }
    }
    return plain.toString();
  }

  private static boolean isPlain(String path) {
    return !path.startsWith("/")
        && !path.startsWith(".")
        && !path.endsWith("/")
        && !path.contains("//")
        && !path.contains("/.");
  }
}
