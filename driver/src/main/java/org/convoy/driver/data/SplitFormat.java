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
   * What changes when the split's contents do: modification times and lengths, cheaply read. An
   * index is built again when its stamp differs.
   *
   * @throws IOException if the split is not there or cannot be looked at
   */
  String stamp(DataSplit split, Configuration hadoop) throws IOException;

  /**
   * Every class and every image of the split, in any order.
   *
   * @throws IOException if the split is not there, is damaged or cannot be read
   */
  SampleIndexBuilder list(DataSplit split, ScanJobs jobs) throws IOException;
}
