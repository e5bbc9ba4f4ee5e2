package org.convoy.driver.data;

import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A location on a Hadoop file system with images in folders named after their classes.
 *
 * @param uri the qualified location, including the scheme
 * @param format its storage format
 */
public record DataSet(String uri, DataFormat format) {

  /** Checks that both parts are there. */
  public DataSet {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(format, "format");
  }

  /**
   * Finds the data set at a URI or plain path. A path without scheme is on the default file system.
   *
   * @throws DataSetException if nothing exists there, its file system is unknown, or its format is
   *     not supported
   * @throws IOException if the file system cannot be reached
   */
  public static DataSet at(String location, Configuration hadoop) throws IOException {
    FileStatus status = DataFiles.status(location, hadoop);
    return new DataSet(status.getPath().toString(), DataFormat.of(status, hadoop));
  }

  /**
   * A part of the data set: the sub-folder of that name, or the root itself if the name is empty.
   *
   * @param name a folder path relative to the root; leading and trailing slashes do not count
   */
  public DataSplit split(String name) {
    return new DataSplit(this, name);
  }

  Path path() {
    return new Path(uri);
  }
}
