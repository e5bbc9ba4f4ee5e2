package org.convoy.driver.data;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * How one storage format is recognised and listed. Stateless; one instance may serve many splits.
 */
interface SplitFormat {

  /** What the format looks like to a user, for messages: "a folder". */
  String description();

  /** Whether this format reads what lies at the path. */
  boolean reads(FileStatus status);

  /**
   * Looks whether the split is there, cheaply.
   *
   * @throws IOException if it is not, or cannot be looked at
   */
  void check(DataSplit split, Configuration hadoop) throws IOException;

  /**
   * What changes when the split's contents do: modification times and lengths, read without opening
   * an image. An index is built again when its stamp differs.
   *
   * @throws IOException if the split is not there or cannot be looked at
   */
  String stamp(DataSplit split, ScanJobs jobs) throws IOException;

  /**
   * Every class and every image of the split, in any order, and what was left out.
   *
   * @param withContents whether each image gets its {@link ContentCheck}
   * @throws IOException if the split is not there, is damaged or cannot be read
   */
  SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs) throws IOException;
}
