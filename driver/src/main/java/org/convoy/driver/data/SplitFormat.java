package org.convoy.driver.data;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/** Recognises and lists one storage format. Stateless: one instance may serve many splits. */
interface SplitFormat {

  /** A description of the format for messages: "a folder". */
  String description();

  /**
   * Whether this format can read what is at a data set's location.
   *
   * @throws IOException if it cannot be looked at
   */
  boolean reads(SourceFiles source) throws IOException;

  /**
   * Checks cheaply that the split exists.
   *
   * @throws IOException if it does not exist or cannot be read
   */
  void check(DataSplit split, Configuration hadoop) throws IOException;

  /**
   * A text that changes when the contents of the split change: modification times and lengths, read
   * without opening an image. An index is built again when its stamp differs.
   *
   * @throws IOException if the split does not exist or cannot be read
   */
  String stamp(DataSplit split, ScanJobs jobs) throws IOException;

  /**
   * Lists every class and every image of the split, in any order, and the entries left out.
   *
   * @param withContents whether each image gets its {@link ContentCheck}
   * @throws IOException if the split does not exist, is damaged or cannot be read
   */
  SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs) throws IOException;
}
