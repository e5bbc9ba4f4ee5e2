package org.convoy.driver.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The binary version of CIFAR-10 and CIFAR-100 as it is distributed, unpacked: records of a label
 * (in CIFAR-100 a coarse label before it) and 3 planes of 32 x 32 bytes. The split {@code train} is
 * {@code data_batch_1.bin} to {@code data_batch_5.bin}, or {@code train.bin}; {@code test} or
 * {@code validation} is {@code test_batch.bin} or {@code test.bin}. Classes have the names of
 * {@code batches.meta.txt} or {@code fine_label_names.txt} if it is there.
 */
final class CifarFormat implements SplitFormat {
  private static final RawPixels PIXELS = new RawPixels(3, 32, 32);

  /** Bytes of an image without its label. */
  static final int IMAGE_BYTES = PIXELS.bytes();

  private static final List<String> NAMES = List.of("batches.meta.txt", "fine_label_names.txt");

  @Override
  public String description() {
    return "a folder of CIFAR's .bin files";
  }

  @Override
  public boolean reads(SourceFiles source) throws IOException {
    return source.holds("data_batch_1.bin")
        || (source.holds("train.bin") && source.holds("test.bin"));
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    files(split, hadoop);
  }

  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    return Shards.stamp(files(split, jobs.hadoop()));
  }

  private static boolean isHundred(DataSplit split, Configuration hadoop) throws IOException {
    FileSystem files = split.set().path().getFileSystem(hadoop);
    return !files.exists(new Path(split.set().path(), "data_batch_1.bin"));
  }

  private static List<FileStatus> files(DataSplit split, Configuration hadoop) throws IOException {
    String name = split.name();
    boolean test = name.equals("test") || name.startsWith("val");
    if (!test && !name.equals("train")) {
      throw new DataSetException(
          "CIFAR at " + split.set().uri() + " has the splits train and test, got '" + name + "'");
    }
    List<String> names = new ArrayList<>();
    if (isHundred(split, hadoop)) {
      names.add(test ? "test.bin" : "train.bin");
    } else if (test) {
      names.add("test_batch.bin");
    } else {
      for (int batch = 1; batch <= 5; batch++) {
        names.add("data_batch_" + batch + ".bin");
      }
    }
    List<FileStatus> files = new ArrayList<>();
    for (String file : names) {
      files.add(DataFiles.status(new Path(split.set().path(), file).toString(), hadoop));
    }
    return files;
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws IOException {
    int labels = isHundred(split, jobs.hadoop()) ? 2 : 1;
    SampleIndexBuilder found = new SampleIndexBuilder();
    for (FileStatus file : files(split, jobs.hadoop())) {
      int record = labels + PIXELS.bytes();
      if (file.getLen() == 0 || file.getLen() % record != 0) {
        throw new DataSetException(
            file.getPath()
                + " is damaged or cut short: expected records of "
                + record
                + " bytes, got "
                + file.getLen()
                + " bytes");
      }
      try (FSDataInputStream in = DataFiles.open(file.getPath(), jobs.hadoop())) {
        long count = file.getLen() / record;
        for (long i = 0; i < count; i++) {
          byte[] bytes = in.readNBytes(record);
          if (bytes.length < record) {
            throw new DataSetException(file.getPath() + " ends at record " + i);
          }
          found.add(
              Integer.toString(bytes[labels - 1] & 0xff),
              file.getPath().getName() + ":" + i,
              file.getPath().toString(),
              PIXELS.toString(),
              i * record + labels,
              PIXELS.bytes(),
              withContents
                  ? ContentCheck.ofAll(Arrays.copyOfRange(bytes, labels, record))
                  : ContentCheck.NONE);
        }
      }
    }
    name(found, split, jobs.hadoop());
    return found;
  }

  private static void name(SampleIndexBuilder found, DataSplit split, Configuration hadoop)
      throws IOException {
    FileSystem files = split.set().path().getFileSystem(hadoop);
    for (String name : NAMES) {
      Path file = new Path(split.set().path(), name);
      if (files.exists(file)) {
        ClassNames.name(found, split, file, hadoop);
        return;
      }
    }
    ClassNames.name(found, split, hadoop);
  }
}
