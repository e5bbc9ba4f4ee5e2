package org.convoy.driver.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;

/**
 * The storage formats of a data set. A new format is a class that implements {@link SplitFormat}
 * and a line here.
 */
public enum DataFormat {
  /** A folder with a sub-folder for each class. */
  FOLDER(FolderFormat::new),
  /** An uncompressed tar with such folders. It is read in place by offset. */
  TAR(TarFormat::new);

  @SuppressWarnings("ImmutableEnumChecker") // A constructor reference has no state.
  private final Supplier<SplitFormat> format;

  DataFormat(Supplier<SplitFormat> format) {
    this.format = format;
  }

  SplitFormat open() {
    return format.get();
  }

  /**
   * The format of the data set at a path.
   *
   * @throws DataSetException if no format can read it
   */
  static DataFormat of(FileStatus status) throws DataSetException {
    Optional<DataFormat> found =
        Arrays.stream(values()).filter(each -> each.open().reads(status)).findFirst();
    if (found.isPresent()) {
      return found.get();
    }
    String known =
        Arrays.stream(values())
            .map(each -> each.open().description())
            .collect(Collectors.joining(" or "));
    throw new DataSetException(
        "data set "
            + status.getPath()
            + " cannot be read: expected "
            + known
            + ", got a file of another kind (a compressed tar has to be decompressed first: samples"
            + " are read by offset)");
  }
}
