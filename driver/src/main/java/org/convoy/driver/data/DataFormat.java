package org.convoy.driver.data;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * The storage formats of a data set. A new format is a class that implements {@link SplitFormat}
 * and a line here.
 */
public enum DataFormat {
  /** An uncompressed tar with a folder for each class. It is read in place by offset. */
  TAR(TarFormat::new),
  /** ImageNet's tars as they are distributed. */
  IMAGENET(ImageNetFormat::new),
  /** The files of MNIST and its kin. */
  IDX(IdxFormat::new),
  /** The binary files of CIFAR-10 and CIFAR-100. */
  CIFAR(CifarFormat::new),
  /** Tars of WebDataset. */
  WEBDATASET(WebDatasetFormat::new),
  /** TFRecord files of {@code tf.Example}. */
  TFRECORD(TfRecordFormat::new),
  /** Hadoop's sequence files. */
  SEQUENCE_FILE(SequenceFileFormat::new),
  /** Compressed files. They are not read, only {@link UnpackedCopy copies} of them. */
  COMPRESSED(CompressedFormat::new),
  /** A list of images with their classes. The name of a split says that it is one. */
  LIST(ListFileFormat::new),
  /** A folder with a sub-folder for each class: every folder that no other format reads. */
  FOLDER(FolderFormat::new);

  @SuppressWarnings("ImmutableEnumChecker") // A constructor reference has no state.
  private final Supplier<SplitFormat> format;

  DataFormat(Supplier<SplitFormat> format) {
    this.format = format;
  }

  /** What it is called in messages: "a folder of TFRecord files". */
  public String title() {
    return open().description();
  }

  SplitFormat open() {
    return format.get();
  }

  /**
   * The format of the data set at a path.
   *
   * @throws DataSetException if no format can read it
   */
  static DataFormat of(FileStatus status, Configuration hadoop) throws IOException {
    SourceFiles source = new SourceFiles(status, hadoop);
    for (DataFormat each : values()) {
      if (each.open().reads(source)) {
        return each;
      }
    }
    throw new DataSetException(
        "data set "
            + status.getPath()
            + " cannot be read: expected "
            + TAR.open().description()
            + ", or a folder with class folders or with files of another format, got a file of"
            + " another kind");
  }
}
